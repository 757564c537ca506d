import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { encodeHeader, type HeaderFields } from "@compeer/protocol/bitcoin/header";
import { merkleRoot } from "@compeer/protocol/bitcoin/merkle";
import { encodeTransaction } from "@compeer/protocol/bitcoin/transaction";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { sha256d } from "@compeer/protocol/crypto/sha256";
import type { BlockNode } from "../../chain/block-node.ts";

const BITS = 0x207fffff;
const COINBASE_SCRIPT = Uint8Array.of(0x51);

/** What a block is built on: a node of the tree, or a block just made. */
export interface MineOn {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly time: number;
}

/**
 * A regtest block; `salt` makes siblings differ, `reward` goes to `script`. Transactions behind the
 * coinbase have no witnesses: it commits to none.
 */
export function mineBlock(
  parent: MineOn | BlockNode,
  {
    salt = 0,
    reward = 0,
    script = COINBASE_SCRIPT,
    transactions = [],
  }: {
    salt?: number;
    reward?: number;
    script?: Uint8Array;
    transactions?: readonly TransactionView[];
  } = {},
): Block & MineOn {
  const height = parent.height + 1;
  const coinbase = encodeTransaction({
    version: 1,
    inputs: [
      {
        prevout: { txid: new Uint8Array(32), index: 0xffffffff },
        script: Uint8Array.of(...heightPush(height), 1, salt),
        sequence: 0xffffffff,
        witness: [],
      },
    ],
    outputs: [{ value: reward, script }],
    lockTime: 0,
  });
  const all = [parseTransaction(coinbase), ...transactions];
  const { root } = merkleRoot(concatBytes(...all.map(transactionId)));
  const time = parent.time + 1;
  const header = grind({
    version: 0x20000000,
    prevHash: parent.hash,
    merkleRoot: root,
    time,
    bits: BITS,
    nonce: 0,
  });
  return {
    ...decodeBlock(concatBytes(header, Uint8Array.of(all.length), ...all.map(({ raw }) => raw))),
    height,
    time,
  };
}

/** BIP34: the height as a script pushes it. */
function heightPush(height: number): number[] {
  if (height <= 16) return [0x50 + height];
  return height < 128 ? [1, height] : [2, height & 255, height >> 8];
}

/** Regtest's target is met by every other hash. */
export function grind(fields: HeaderFields, wanted = true): Uint8Array {
  for (let nonce = 0; ; nonce++) {
    const header = encodeHeader({ ...fields, nonce });
    if ((sha256d(header)[31] as number) < 0x7f === wanted) return header;
  }
}

/** `count` blocks in a row. */
export function mineBlocks(parent: MineOn | BlockNode, count: number): (Block & MineOn)[] {
  const blocks: (Block & MineOn)[] = [];
  let on: MineOn | BlockNode = parent;
  for (let i = 0; i < count; i++) {
    const block = mineBlock(on);
    blocks.push(block);
    on = block;
  }
  return blocks;
}
