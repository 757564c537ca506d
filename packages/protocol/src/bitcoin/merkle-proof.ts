import { concatBytes, equalBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { sha256d } from "../crypto/sha256.ts";
import { type BlockHeader, decodeHeader, HEADER_SIZE } from "./header.ts";

/** Transactions that fit in a block: 4,000,000 weight units by at least 240. */
const MAX_TRANSACTIONS = 16_666;

/** A header with the branches of its merkle tree that lead to some transactions. Core: CMerkleBlock. */
export interface MerkleProof {
  readonly header: BlockHeader;
  /** Number of transactions in the block, as the proof says it. */
  readonly total: number;
  readonly hashes: readonly Uint8Array[];
  /** One bit a visited node, low bit first: whether it leads to a transaction that is proven. */
  readonly bits: Uint8Array;
}

/** A transaction that a proof leads to. */
export interface ProvenTransaction {
  readonly txid: Uint8Array;
  /** Position in the block. */
  readonly index: number;
}

/** @throws DecodeError unless `bytes` are exactly one proof */
export function decodeMerkleProof(bytes: Uint8Array): MerkleProof {
  const reader = new Reader(bytes);
  const header = decodeHeader(reader.take(HEADER_SIZE));
  const total = reader.u32();
  const count = reader.compactSize();
  const hashes: Uint8Array[] = [];
  for (let i = 0; i < count; i++) hashes.push(reader.take(32));
  const bits = reader.varBytes();
  reader.end();
  return { header, total, hashes, bits };
}

/** The proof, encoded, of those transactions of a block that `isWanted` names by their position. */
export function encodeMerkleProof(
  header: Uint8Array,
  txids: readonly Uint8Array[],
  isWanted: (index: number) => boolean,
): Uint8Array {
  const levels = merkleLevels(txids);
  const hashes: Uint8Array[] = [];
  const bits: boolean[] = [];
  const visit = (height: number, position: number): void => {
    const end = Math.min((position + 1) * 2 ** height, txids.length);
    let leads = false;
    for (let i = position * 2 ** height; i < end && !leads; i++) leads = isWanted(i);
    bits.push(leads);
    if (height === 0 || !leads) {
      hashes.push(levels[height]?.[position] as Uint8Array);
      return;
    }
    visit(height - 1, position * 2);
    if (position * 2 + 1 < (levels[height - 1] as Uint8Array[]).length)
      visit(height - 1, position * 2 + 1);
  };
  visit(levels.length - 1, 0);
  const writer = new Writer().raw(header).u32(txids.length).compactSize(hashes.length);
  for (const hash of hashes) writer.raw(hash);
  return writer.varBytes(packBits(bits)).finish();
}

function merkleLevels(txids: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  const levels: (readonly Uint8Array[])[] = [txids];
  for (let level = txids; level.length > 1; levels.push(level)) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      above.push(sha256d(concatBytes(left, level[i + 1] ?? left)));
    }
    level = above;
  }
  return levels;
}

function packBits(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    if (bit) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  });
  return bytes;
}

/**
 * What a proof leads to, null when it does not lead to the header's root. Core: ExtractMatches.
 *
 * A leaf that is no transaction but two hashes (CVE-2017-12842) can only be told by the number of
 * transactions, which a full node knows better: compare `total`.
 */
export function provenTransactions(proof: MerkleProof): ProvenTransaction[] | null {
  const { total, hashes, bits, header } = proof;
  if (total === 0 || total > MAX_TRANSACTIONS) return null;
  if (hashes.length > total || bits.length * 8 < hashes.length) return null;
  const walk = new ProofWalk(proof);
  try {
    const root = walk.node(32 - Math.clz32(total - 1), 0);
    return walk.isFinished && equalBytes(root, header.merkleRoot) ? walk.found : null;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

class ProofWalk {
  readonly found: ProvenTransaction[] = [];
  readonly #proof: MerkleProof;
  #bitsUsed = 0;
  #hashesUsed = 0;

  constructor(proof: MerkleProof) {
    this.#proof = proof;
  }

  /** True when nothing is left over but the padding of the last byte. */
  get isFinished(): boolean {
    const { bits, hashes } = this.#proof;
    return Math.ceil(this.#bitsUsed / 8) === bits.length && this.#hashesUsed === hashes.length;
  }

  /** Hash of a node. @throws DecodeError when the proof does not give it */
  node(height: number, position: number): Uint8Array {
    const leads = this.#bit();
    if (height === 0 || !leads) {
      const hash = this.#hash();
      if (height === 0 && leads) this.found.push({ txid: hash, index: position });
      return hash;
    }
    const left = this.node(height - 1, position * 2);
    const width = Math.ceil(this.#proof.total / 2 ** (height - 1));
    if (position * 2 + 1 >= width) return sha256d(concatBytes(left, left));
    const right = this.node(height - 1, position * 2 + 1);
    // Only a repeated last node may equal its neighbour (CVE-2012-2459).
    if (equalBytes(left, right)) throw new DecodeError("two equal branches");
    return sha256d(concatBytes(left, right));
  }

  #bit(): boolean {
    const at = this.#bitsUsed++;
    const byte = this.#proof.bits[at >> 3];
    if (byte === undefined) throw new DecodeError("not enough bits");
    return ((byte >> (at & 7)) & 1) === 1;
  }

  #hash(): Uint8Array {
    const hash = this.#proof.hashes[this.#hashesUsed++];
    if (hash === undefined) throw new DecodeError("not enough hashes");
    return hash;
  }
}
