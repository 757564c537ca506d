import type { JSX } from "preact";
import { Answer } from "../../parts/answer.tsx";
import { Copy } from "../../parts/copy.tsx";
import { useRpc } from "../../query.ts";

interface Decoded {
  readonly asm: string;
  readonly type?: string;
  readonly desc?: string;
}

/** A script of a witness, read by the peer. */
export function ScriptView({ hex }: { readonly hex: string }): JSX.Element {
  const decoded = useRpc<Decoded>("decodescript", [hex]);
  return <Answer query={decoded}>{({ asm }) => <ScriptText asm={asm} hex={hex} />}</Answer>;
}

/** A script by its opcodes, one a line where they are many. */
export function ScriptText({
  asm,
  hex,
}: {
  readonly asm: string;
  readonly hex: string;
}): JSX.Element {
  return (
    <div class="code">
      <pre>{asm === "" ? "(empty)" : asm}</pre>
      <Copy text={hex} label="the script in hex" />
    </div>
  );
}
