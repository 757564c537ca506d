import type { JSX } from "preact";
import { Hash } from "../../parts/hash.tsx";
import type { ControlBlock } from "./control-block.ts";

/** What a taproot output commits to, as far as a spend by script shows it: the way to the script, and what stays hidden. */
export function TaprootTree({ control }: { readonly control: ControlBlock }): JSX.Element {
  const { internalKey, siblings, leafVersion } = control;
  return (
    <ul class="tap-tree" aria-label="Tree of the taproot output">
      <li>
        Output key
        <ul>
          <li class="muted">
            Internal key, not used here: <Hash value={internalKey} kept={6} label="internal key" />
          </li>
          <Branch siblings={siblings} leafVersion={leafVersion} />
        </ul>
      </li>
    </ul>
  );
}

/** The part of the tree in which the script is, and beside it the part that stays hidden. */
function Branch({ siblings, leafVersion }: Omit<ControlBlock, "internalKey">): JSX.Element {
  const [sibling, ...deeper] = siblings;
  if (sibling === undefined)
    return (
      <li>
        <strong>The script that was used</strong>, leaf version 0x{leafVersion.toString(16)}
      </li>
    );
  return (
    <li>
      Branch
      <ul>
        <li class="muted">
          Hidden: <Hash value={sibling} kept={6} label="hash of the hidden part" />
        </li>
        <Branch siblings={deeper} leafVersion={leafVersion} />
      </ul>
    </li>
  );
}
