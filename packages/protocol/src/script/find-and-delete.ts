import { scriptOf } from "./build-script.ts";
import { ScriptReader } from "./script-reader.ts";

/**
 * A legacy signature cannot sign itself, so its pushes are cut out of the script that is hashed: every
 * push whose bytes are exactly the shortest push of `signature`, and only where an opcode begins
 * (btcd once removed any push that contained it: CVE-2024-38365).
 *
 * Core: FindAndDelete.
 *
 * @returns `script` itself when there is nothing to cut
 */
export function findAndDelete(script: Uint8Array, signature: Uint8Array): Uint8Array {
  if (signature.length >= script.length) return script;
  const push = scriptOf(signature);
  const reader = new ScriptReader(script);
  let kept: Uint8Array | null = null;
  let length = 0;
  let copied = 0;
  do {
    while (startsWithAt(script, reader.position, push)) {
      kept ??= new Uint8Array(script.length);
      kept.set(script.subarray(copied, reader.position), length);
      length += reader.position - copied;
      reader.position += push.length;
      copied = reader.position;
    }
  } while (reader.next());
  if (kept === null) return script;
  kept.set(script.subarray(copied), length);
  return kept.subarray(0, length + script.length - copied);
}

function startsWithAt(script: Uint8Array, at: number, part: Uint8Array): boolean {
  if (part.length > script.length - at) return false;
  for (let i = 0; i < part.length; i++) if (script[at + i] !== part[i]) return false;
  return true;
}
