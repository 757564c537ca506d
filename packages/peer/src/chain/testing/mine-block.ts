import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { encodeHeader } from "@compeer/protocol/bitcoin/header";
import { merkleRoot } from "@compeer/protocol/bitcoin/merkle";
import { encodeTransaction, type TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import { heightPush } from "@compeer/protocol/consensus/check-block-context";
import { blockSubsidy } from "@compeer/protocol/consensus/subsidy";
import { sha256d } from "@compeer/protocol/crypto/sha256";

/** Anyone can spend it. */
export const OP_TRUE: Uint8Array = Uint8Array.of(0x51);
const HALVING_INTERVAL = 150;
const BITS = 0x207fffff;

export interface MineOptions {
  /** Transactions behind the coinbase, as raw bytes. */
  readonly transactions?: readonly Uint8Array[];
  /** Makes two blocks on one parent differ. */
  readonly tag?: number;
  readonly coinbaseValue?: number;
  readonly time?: number;
  readonly outputs?: number;
}

interface Parent {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly time: number;
}

/** A regtest block on top of `parent` whose nonce was found by trying; every second one will do. */
export function mineBlock(parent: Parent, options: MineOptions = {}): Block {
  const height = parent.height + 1;
  const raws = [coinbase(height, options), ...(options.transactions ?? [])];
  return sealBlock(parent, raws, options.time ?? parent.time + 1);
}

/** A block of just these transactions. */
function sealBlock(parent: Parent, raws: readonly Uint8Array[], time: number): Block {
  const ids = concatBytes(...raws.map((raw) => transactionId(parseTransaction(raw))));
  const body = concatBytes(new Writer(9).compactSize(raws.length).finish(), ...raws);
  const { root } = merkleRoot(ids);
  for (let nonce = 0; ; nonce++) {
    const header = encodeHeader({
      version: 0x20000000,
      prevHash: parent.hash,
      merkleRoot: root,
      time,
      bits: BITS,
      nonce,
    });
    if ((sha256d(header)[31] as number) < 0x7f) return decodeBlock(concatBytes(header, body));
  }
}

/** Blocks in a row on top of `parent`. */
export function mineChain(parent: Parent, count: number, options: MineOptions = {}): Block[] {
  const blocks: Block[] = [];
  let last = parent;
  for (let i = 0; i < count; i++) {
    const block = mineBlock(last, options);
    blocks.push(block);
    last = pointOf(block, last.height + 1);
  }
  return blocks;
}

/** A block as the parent of the next one. */
export function pointOf(block: Block, height: number): Parent {
  return { hash: block.hash, height, time: block.header.time };
}

/** A transaction that spends outputs of anyone-can-spend scripts. */
export function spend(
  coins: readonly { readonly txid: Uint8Array; readonly index: number }[],
  values: readonly number[],
  script: Uint8Array = OP_TRUE,
): Uint8Array {
  const body: TransactionBody = {
    version: 2,
    inputs: coins.map(({ txid, index }) => ({
      prevout: { txid, index },
      script: new Uint8Array(0),
      sequence: 0xffffffff,
      witness: [],
    })),
    outputs: values.map((value) => ({ value, script })),
    lockTime: 0,
  };
  return encodeTransaction(body);
}

function coinbase(height: number, options: MineOptions): Uint8Array {
  const count = options.outputs ?? 1;
  const value = Math.floor(
    (options.coinbaseValue ?? blockSubsidy(height, HALVING_INTERVAL)) / count,
  );
  return encodeTransaction({
    version: 2,
    inputs: [
      {
        prevout: { txid: new Uint8Array(32), index: 0xffffffff },
        script: concatBytes(heightPush(height), Uint8Array.of(2, options.tag ?? 0, 0)),
        sequence: 0xffffffff,
        witness: [],
      },
    ],
    outputs: Array.from({ length: count }, () => ({ value, script: OP_TRUE })),
    lockTime: 0,
  });
}
