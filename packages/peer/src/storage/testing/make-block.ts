import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { encodeHeader } from "@compeer/protocol/bitcoin/header";
import { encodeTransaction, type Input, type Output } from "@compeer/protocol/bitcoin/transaction";
import { Writer } from "@compeer/protocol/bytes/writer";

export interface Spend {
  readonly txid: Uint8Array;
  readonly index: number;
}

/** What a transaction of a made block spends and pays; the first is the coinbase and spends nothing. */
export interface Sketch {
  readonly spends: readonly Spend[];
  readonly outputs: readonly Output[];
}

/** A block of the right shape; nothing about it is valid. `mark` makes the coinbase unlike others. */
export function makeBlock(prevHash: Uint8Array, sketches: readonly Sketch[], mark: number): Block {
  const writer = new Writer(1024);
  const header = {
    version: 4,
    prevHash,
    merkleRoot: new Uint8Array(32),
    time: mark,
    bits: 0x207fffff,
    nonce: mark,
  };
  writer.raw(encodeHeader(header)).compactSize(sketches.length);
  for (const [i, { spends, outputs }] of sketches.entries()) {
    const inputs = i === 0 ? [coinbaseInput(mark)] : spends.map(inputOf);
    writer.raw(encodeTransaction({ version: 2, inputs, outputs, lockTime: 0 }));
  }
  return decodeBlock(writer.finish());
}

function coinbaseInput(mark: number): Input {
  const prevout = { txid: new Uint8Array(32), index: 0xffffffff };
  const script = new Writer(5).u8(4).u32(mark).finish();
  return { prevout, script, sequence: 0, witness: [] };
}

function inputOf(prevout: Spend): Input {
  return { prevout, script: new Uint8Array(0), sequence: 1, witness: [] };
}
