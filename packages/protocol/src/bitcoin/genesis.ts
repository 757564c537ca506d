import { concatBytes } from "../bytes/compare.ts";
import { decodeHex } from "../bytes/hex.ts";
import { Writer } from "../bytes/writer.ts";
import { sha256d } from "../crypto/sha256.ts";
import { COIN } from "./amount.ts";
import { encodeHeader } from "./header.ts";
import { encodeTransaction } from "./transaction.ts";

/** The headline and the key that all networks but testnet4 share. */
const TIMES_HEADLINE = "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks";
const SATOSHI_KEY =
  "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6" +
  "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f";

export interface GenesisParts {
  readonly time: number;
  readonly nonce: number;
  readonly bits: number;
  readonly message?: string;
  readonly publicKeyHex?: string;
}

/** The raw first block of a network: version 1, one coinbase of 50 coins to a public key. */
export function genesisBlock(parts: GenesisParts): Uint8Array {
  const coinbase = encodeTransaction({
    version: 1,
    inputs: [
      {
        prevout: { txid: new Uint8Array(32), index: 0xffffffff },
        script: coinbaseScript(parts.message ?? TIMES_HEADLINE),
        sequence: 0xffffffff,
        witness: [],
      },
    ],
    outputs: [{ value: 50 * COIN, script: payToKey(decodeHex(parts.publicKeyHex ?? SATOSHI_KEY)) }],
    lockTime: 0,
  });
  const header = encodeHeader({
    version: 1,
    prevHash: new Uint8Array(32),
    merkleRoot: sha256d(coinbase),
    time: parts.time,
    bits: parts.bits,
    nonce: parts.nonce,
  });
  return concatBytes(header, Uint8Array.of(1), coinbase);
}

/** Pushes of 0x1d00ffff and 4, as the first client wrote them, then of the message. */
function coinbaseScript(message: string): Uint8Array {
  const writer = new Writer().u8(4).u32(0x1d00ffff).u8(1).u8(4);
  if (message.length > 75) writer.u8(OP_PUSHDATA1);
  writer.u8(message.length);
  for (let i = 0; i < message.length; i++) writer.u8(message.charCodeAt(i));
  return writer.finish();
}

const OP_PUSHDATA1 = 0x4c;
const OP_CHECKSIG = 0xac;

function payToKey(key: Uint8Array): Uint8Array {
  return new Writer().u8(key.length).raw(key).u8(OP_CHECKSIG).finish();
}
