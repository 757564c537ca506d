import { hashKey } from "../bytes/hash.ts";

/** Key of an output in a Map. The `hashKey` of its transaction begins it, the number follows. */
export function outpointKey(txid: Uint8Array, index: number): string {
  return hashKey(txid) + index;
}
