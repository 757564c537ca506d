import { DecodeError } from "../bytes/decode-error.ts";
import type { Reader } from "../bytes/reader.ts";
import { isValidPublicKey } from "../crypto/keys.ts";
import type { PsbtRecord, PsbtXpub } from "./psbt.ts";
import * as field from "./psbt-field.ts";
import { RECORDS, XPUBS } from "./psbt-order.ts";
import { readOrigin } from "./psbt-origin.ts";
import { type PsbtField, readFields, readValue } from "./psbt-record.ts";

/** The global map, before it is known what is in the others. */
export interface PsbtHead {
  readonly version: 0 | 2;
  readonly unsignedTx: Uint8Array | null;
  readonly txVersion: number | null;
  readonly fallbackLockTime: number | null;
  readonly inputCount: number | null;
  readonly outputCount: number | null;
  readonly modifiable: number | null;
  readonly xpubs: readonly PsbtXpub[];
  readonly proprietary: readonly PsbtRecord[];
  readonly unknown: readonly PsbtRecord[];
}

type Draft = {
  -readonly [K in keyof PsbtHead]: PsbtHead[K] extends readonly (infer T)[] ? T[] : PsbtHead[K];
};

/** A type that no key has. */
const UNKNOWN = -1;
/** Where the public key begins in an extended key. */
const XPUB_KEY_AT = 45;

/** Reads the global map. @throws DecodeError in Core's words */
export function readPsbtHead(reader: Reader): PsbtHead {
  const head: Draft = {
    version: 0,
    unsignedTx: null,
    txVersion: null,
    fallbackLockTime: null,
    inputCount: null,
    outputCount: null,
    modifiable: null,
    xpubs: [],
    proprietary: [],
    unknown: [],
  };
  for (const record of readFields(reader, field.GLOBAL_RULES, "the global")) take(head, record);
  checkVersion(head);
  head.xpubs.sort(XPUBS.compare);
  head.proprietary.sort(RECORDS.compare);
  head.unknown.sort(RECORDS.compare);
  return head;
}

function take(head: Draft, record: PsbtField): void {
  const { type, key, value } = record;
  const isVersion2 = type >= field.GLOBAL_TX_VERSION && type <= field.GLOBAL_TX_MODIFIABLE;
  // With more than its type such a key is unknown, as it was before version 2.
  switch (isVersion2 && key.length > 1 ? UNKNOWN : type) {
    case field.GLOBAL_UNSIGNED_TX:
      head.unsignedTx = value;
      break;
    case field.GLOBAL_XPUB:
      head.xpubs.push(readXpub(record));
      break;
    case field.GLOBAL_TX_VERSION:
      head.txVersion = readValue(value, (reader) => reader.u32());
      break;
    case field.GLOBAL_FALLBACK_LOCKTIME:
      head.fallbackLockTime = readValue(value, (reader) => reader.u32());
      break;
    case field.GLOBAL_INPUT_COUNT:
      head.inputCount = readValue(value, (reader) => reader.compactSize());
      break;
    case field.GLOBAL_OUTPUT_COUNT:
      head.outputCount = readValue(value, (reader) => reader.compactSize());
      break;
    case field.GLOBAL_TX_MODIFIABLE:
      head.modifiable = readValue(value, (reader) => reader.u8());
      break;
    case field.GLOBAL_VERSION:
      head.version = readVersion(value);
      break;
    case field.PROPRIETARY:
      head.proprietary.push({ key, value });
      break;
    default:
      head.unknown.push({ key, value });
  }
}

function readXpub({ data, value }: PsbtField): PsbtXpub {
  if (!isValidPublicKey(data.subarray(XPUB_KEY_AT))) throw new DecodeError("Invalid pubkey");
  return { xpub: data, origin: readValue(value, readOrigin) };
}

function readVersion(value: Uint8Array): 0 | 2 {
  const version = readValue(value, (reader) => reader.u32());
  if (version !== 0 && version !== 2) throw new DecodeError("Unsupported version number");
  return version;
}

/** Each version has its own way to say what the transaction is. */
function checkVersion(head: PsbtHead): void {
  const { version, unsignedTx, txVersion, fallbackLockTime, inputCount, outputCount } = head;
  if (version === 2 && unsignedTx !== null)
    throw new DecodeError("PSBT version 2 has an unsigned transaction");
  const newer = [txVersion, fallbackLockTime, inputCount, outputCount, head.modifiable];
  if (version === 0 && newer.some((value) => value !== null))
    throw new DecodeError("PSBT version 0 has a field of version 2");
}
