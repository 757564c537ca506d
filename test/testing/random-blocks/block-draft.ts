import {
  decodeHeader,
  encodeHeader,
  HEADER_SIZE,
  type HeaderFields,
} from "@compeer/protocol/bitcoin/header";
import { merkleRoot } from "@compeer/protocol/bitcoin/merkle";
import {
  encodeTransaction,
  finishTransaction,
  type TransactionBody,
} from "@compeer/protocol/bitcoin/transaction";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import { commitmentScript } from "@compeer/protocol/consensus/witness-commitment";
import { sha256d } from "@compeer/protocol/crypto/sha256";

/** A block that is being made. What it says in the end may be wrong in any way. */
export interface BlockDraft {
  version: number;
  prevHash: Uint8Array;
  time: number;
  bits: number;
  coinbase: TransactionBody;
  transactions: TransactionBody[];
  /** Output scripts of the coinbase that commit to the witnesses: made when the block is sealed. */
  commitments: ("right" | "wrong")[];
  /** Witness of the coinbase. */
  reserved: Uint8Array[];
  /** The root that the header states instead of the right one. */
  merkleRoot: Uint8Array | null;
  hasWork: boolean;
  /** Changes the raw transactions once the root is computed. */
  afterRoot: (raws: Uint8Array[]) => Uint8Array[];
  /** Changes the whole block in the end. */
  afterSeal: (raw: Uint8Array) => Uint8Array;
}

export interface SealedBlock {
  readonly raw: Uint8Array;
  readonly hash: Uint8Array;
  readonly time: number;
  /** The coinbase first. */
  readonly transactions: readonly TransactionBody[];
}

const ZEROS = new Uint8Array(32);

/** The bytes of a draft: commitments, merkle root and work are made now, in this order. */
export function sealBlock(draft: BlockDraft): SealedBlock {
  const transactions = [committed(draft), ...draft.transactions];
  const raws = transactions.map(encodeTransaction);
  const header = grind(
    {
      version: draft.version,
      prevHash: draft.prevHash,
      merkleRoot: draft.merkleRoot ?? merkleRoot(concatBytes(...raws.map(idOf))).root,
      time: draft.time,
      bits: draft.bits,
      nonce: 0,
    },
    draft.hasWork,
  );
  const body = draft.afterRoot(raws);
  const count = new Writer(9).compactSize(body.length).finish();
  const raw = draft.afterSeal(concatBytes(header, count, ...body));
  // What was changed last may have been the header, and still be one with work.
  const { hash, time } = decodeHeader(
    raw.length < HEADER_SIZE ? header : raw.subarray(0, HEADER_SIZE),
  );
  return { raw, hash, time, transactions };
}

/** The coinbase with its commitments and its witness. */
function committed(draft: BlockDraft): TransactionBody {
  const ids = concatBytes(ZEROS, ...draft.transactions.map(witnessIdOf));
  const right = commitmentScript(ids, draft.reserved[0] ?? ZEROS);
  const wrong = right.map((byte, i) => (i < 6 ? byte : byte ^ 1));
  const scripts = draft.commitments.map((kind) => (kind === "right" ? right : wrong));
  const [first, ...rest] = draft.coinbase.inputs;
  return {
    ...draft.coinbase,
    inputs: first === undefined ? [] : [{ ...first, witness: draft.reserved }, ...rest],
    outputs: [...draft.coinbase.outputs, ...scripts.map((script) => ({ value: 0, script }))],
  };
}

/** Bytes that cannot be read as a transaction have an id as well: it only has to be some. */
function idOf(raw: Uint8Array): Uint8Array {
  try {
    return transactionId(parseTransaction(raw));
  } catch {
    return sha256d(raw);
  }
}

function witnessIdOf(body: TransactionBody): Uint8Array {
  try {
    return finishTransaction(body).wtxid;
  } catch {
    return sha256d(encodeTransaction(body));
  }
}

/** Regtest's target is met by every other hash. */
function grind(fields: HeaderFields, hasWork: boolean): Uint8Array {
  for (let nonce = 0; ; nonce++) {
    const header = encodeHeader({ ...fields, nonce });
    if ((sha256d(header)[31] as number) < 0x7f === hasWork) return header;
  }
}
