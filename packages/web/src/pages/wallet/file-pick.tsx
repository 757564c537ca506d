import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Button } from "../../parts/button.tsx";

interface Props {
  readonly label: string;
  readonly accept: string;
  onBytes(bytes: Uint8Array): void;
}

/** A file of the reader's, read here and sent nowhere. */
export function FilePick({ label, accept, onBytes }: Props): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const read = async (chosen: HTMLInputElement): Promise<void> => {
    const [file] = chosen.files ?? [];
    if (file === undefined) return;
    onBytes(new Uint8Array(await file.arrayBuffer()));
    chosen.value = "";
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        onChange={(event) => void read(event.currentTarget)}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
}
