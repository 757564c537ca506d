import type { Input } from "@compeer/protocol/bitcoin/transaction";
import { compactSizeLength } from "@compeer/protocol/bytes/writer";
import { ScriptReader } from "@compeer/protocol/script/script-reader";

const WITNESS_SCALE_FACTOR = 4;
/** Outpoint and sequence. */
const FIXED_SIZE = 32 + 4 + 4;
/** The longest DER signature with its hash type. */
const MAX_SIGNATURE_SIZE = 72;

/** Weight that an input of others may reach when it is signed anew: its signatures may become longer. */
export function presentInputWeight({ script, witness }: Input): number {
  const size = FIXED_SIZE + compactSizeLength(script.length) + script.length;
  let weight = size * WITNESS_SCALE_FACTOR + compactSizeLength(witness.length);
  for (const item of witness)
    weight += compactSizeLength(item.length) + item.length + missing(item);
  const reader = new ScriptReader(script);
  while (reader.next()) weight += missing(reader.data()) * WITNESS_SCALE_FACTOR;
  return weight;
}

function missing(item: Uint8Array): number {
  const isSignature = item[0] === 0x30 && item.length <= 73 && item[1] === item.length - 3;
  return isSignature ? Math.max(0, MAX_SIGNATURE_SIZE - item.length) : 0;
}
