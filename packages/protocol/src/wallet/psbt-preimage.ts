import { equalBytes } from "../bytes/compare.ts";
import type { PreimageKind, PsbtInput } from "./psbt.ts";

/** The preimage that an input tells of a hash, or null. */
export function preimageOf(
  input: PsbtInput,
  kind: PreimageKind,
  hash: Uint8Array,
): Uint8Array | null {
  const found = input.preimages.find((each) => each.kind === kind && equalBytes(each.hash, hash));
  return found?.preimage ?? null;
}
