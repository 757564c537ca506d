import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Button } from "../../parts/button.tsx";

interface Props {
  readonly label: string;
  readonly accept: string;
  onFile(file: File): void;
}

/** A file of the reader's. */
export function FilePick({ label, accept, onFile }: Props): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const take = (chosen: HTMLInputElement): void => {
    const [file] = chosen.files ?? [];
    if (file !== undefined) onFile(file);
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
        onChange={(event) => take(event.currentTarget)}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
}
