import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { EMPTY_PSBT_OUTPUT, type PsbtOutput, type PsbtRecord, type PsbtTapLeaf } from "./psbt.ts";
import { checkMusig } from "./psbt-decode-input.ts";
import * as field from "./psbt-field.ts";
import { DERIVATIONS, RECORDS, TAP_DERIVATIONS } from "./psbt-order.ts";
import { readDerivation, readTapDerivation } from "./psbt-origin.ts";
import { type PsbtField, readFields, readValue } from "./psbt-record.ts";

/** Version 2: what an output says of the transaction. */
export interface OutputFrame {
  amount: number | null;
  script: Uint8Array | null;
}

const MAX_DEPTH = 128;
/** A leaf version is even: the lowest bit is the parity of the output key. */
const LEAF_VERSION_BITS = 0xfe;

/** An output being read: its lists grow. */
type Draft = {
  -readonly [K in keyof PsbtOutput]: PsbtOutput[K] extends readonly (infer T)[]
    ? T[]
    : PsbtOutput[K];
};

/** Reads the map of an output. @throws DecodeError in Core's words */
export function readPsbtOutput(
  reader: Reader,
  version: 0 | 2,
): { readonly output: PsbtOutput; readonly frame: OutputFrame } {
  const output = emptyDraft();
  const frame: OutputFrame = { amount: null, script: null };
  for (const record of readFields(reader, field.OUTPUT_RULES, "an output")) {
    if (isVersion2(record)) takeVersion2(frame, record, version);
    else take(output, record);
  }
  return { output: sorted(output), frame };
}

function isVersion2({ type, data }: PsbtField): boolean {
  return (type === field.OUT_AMOUNT || type === field.OUT_SCRIPT) && data.length === 0;
}

function emptyDraft(): Draft {
  return {
    ...EMPTY_PSBT_OUTPUT,
    derivations: [],
    tapTree: [],
    tapDerivations: [],
    musig: [],
    proprietary: [],
    unknown: [],
  };
}

function sorted(output: Draft): PsbtOutput {
  output.derivations.sort(DERIVATIONS.compare);
  output.tapDerivations.sort(TAP_DERIVATIONS.compare);
  output.musig.sort(RECORDS.compare);
  output.proprietary.sort(RECORDS.compare);
  output.unknown.sort(RECORDS.compare);
  return output;
}

function takeVersion2(frame: OutputFrame, { type, value }: PsbtField, version: 0 | 2): void {
  if (version !== 2) throw new DecodeError("Output has a field of PSBT version 2");
  if (type === field.OUT_SCRIPT) frame.script = value;
  else frame.amount = readValue(value, (reader) => reader.i64());
}

function take(output: Draft, record: PsbtField): void {
  const { type, key, value } = record;
  const kept: PsbtRecord = { key, value };
  switch (type) {
    case field.OUT_REDEEM_SCRIPT:
      output.redeemScript = value.length === 0 ? null : value;
      break;
    case field.OUT_WITNESS_SCRIPT:
      output.witnessScript = value.length === 0 ? null : value;
      break;
    case field.OUT_BIP32_DERIVATION:
      output.derivations.push(readDerivation(record));
      break;
    case field.OUT_TAP_INTERNAL_KEY:
      output.tapInternalKey = readValue(value, (reader) => reader.take(32));
      break;
    case field.OUT_TAP_TREE:
      output.tapTree = readTapTree(value);
      break;
    case field.OUT_TAP_BIP32_DERIVATION:
      output.tapDerivations.push(readTapDerivation(record, "Output"));
      break;
    case field.OUT_MUSIG_PARTICIPANTS:
      checkMusig(record, "Output");
      output.musig.push(kept);
      break;
    case field.PROPRIETARY:
      output.proprietary.push(kept);
      break;
    default:
      output.unknown.push(kept);
  }
}

function readTapTree(value: Uint8Array): PsbtTapLeaf[] {
  if (value.length === 0) throw new DecodeError("Output Taproot tree must not be empty");
  const reader = new Reader(value);
  const leaves: PsbtTapLeaf[] = [];
  while (reader.left > 0) {
    const depth = reader.u8();
    const version = reader.u8();
    const script = reader.varBytes();
    if (depth > MAX_DEPTH)
      throw new DecodeError("Output Taproot tree has as leaf greater than Taproot maximum depth");
    if ((version & ~LEAF_VERSION_BITS) !== 0)
      throw new DecodeError("Output Taproot tree has a leaf with an invalid leaf version");
    leaves.push({ depth, version, script });
  }
  if (!isWholeTree(leaves)) throw new DecodeError("Output Taproot tree is malformed");
  return leaves;
}

/** Whether the depths, from left to right, are those of a tree whose every branch has two sides. */
function isWholeTree(leaves: readonly PsbtTapLeaf[]): boolean {
  // Depths of the branches that wait for their right side; each new leaf closes what it can.
  const open: number[] = [];
  for (const [i, leaf] of leaves.entries()) {
    let { depth } = leaf;
    if (i > 0 && (open.length === 0 || depth < (open.at(-1) as number))) return false;
    while (open.at(-1) === depth) {
      open.pop();
      depth--;
    }
    open.push(depth);
  }
  return open.length === 1 && open[0] === 0;
}
