// What the script engine costs for each input beside the signature itself, and with it.
// Run: node bench/dist/script.js [path of a raw block] [path of its spent coins as JSON]

import { readFileSync } from "node:fs";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { encodeTransaction, type Input } from "@compeer/protocol/bitcoin/transaction";
import { parseTransactions } from "@compeer/protocol/bitcoin/transaction-table";
import { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureBackend } from "@compeer/protocol/crypto/signature-backend";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { MANDATORY_FLAGS } from "@compeer/protocol/script/flags";
import {
  OP_0,
  OP_1,
  OP_CHECKSIG,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
} from "@compeer/protocol/script/opcodes";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";

const acceptAll: SignatureBackend = {
  ...signatureBackend(),
  name: "accepts everything",
  verifyEcdsa: () => true,
  verifySchnorr: () => true,
  checkTapTweak: () => true,
};

const KEY = Uint8Array.of(2, ...new Uint8Array(32).fill(7));
const DER = Uint8Array.of(
  ...[0x30, 0x44, 0x02, 0x20, ...new Uint8Array(32).fill(1)],
  ...[0x02, 0x20, ...new Uint8Array(32).fill(2), 1],
);
const REDEEM = scriptOf(OP_0, hash160(KEY));

interface Kind {
  readonly name: string;
  readonly script: Uint8Array;
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

const EMPTY = new Uint8Array(0);
const kinds: readonly Kind[] = [
  { name: "p2wpkh", script: REDEEM, scriptSig: EMPTY, witness: [DER, KEY] },
  {
    name: "p2pkh",
    script: scriptOf(OP_DUP, OP_HASH160, hash160(KEY), OP_EQUALVERIFY, OP_CHECKSIG),
    scriptSig: scriptOf(DER, KEY),
    witness: [],
  },
  {
    name: "p2sh-p2wpkh",
    script: scriptOf(OP_HASH160, hash160(REDEEM), OP_EQUAL),
    scriptSig: scriptOf(REDEEM),
    witness: [DER, KEY],
  },
  {
    name: "p2tr by key",
    script: scriptOf(OP_1, new Uint8Array(32).fill(3)),
    scriptSig: EMPTY,
    witness: [new Uint8Array(64).fill(4)],
  },
];

/** Many transactions of `inputs` inputs each in one table, with two outputs. */
function makeInputs(kind: Kind, inputs: number, count: number): [TransactionView[], SpentCoins] {
  const input: Input = {
    prevout: { txid: new Uint8Array(32).fill(5), index: 1 },
    script: kind.scriptSig,
    sequence: 0xfffffffd,
    witness: kind.witness,
  };
  const output = { value: 50_000, script: kind.script };
  const raw = encodeTransaction({
    version: 2,
    inputs: new Array<Input>(inputs).fill(input),
    outputs: [output, output],
    lockTime: 0,
  });
  const all = Buffer.concat(new Array<Uint8Array>(count).fill(raw));
  const { table } = parseTransactions(new Uint8Array(all), 0, count);
  const coins = new SpentCoins(table.inputCount);
  for (let i = 0; i < table.inputCount; i++)
    coins.setCoin(i, { ...output, height: 1, coinbase: false });
  return [Array.from({ length: count }, (_, i) => new TransactionView(table, i)), coins];
}

function verifyAll(
  transactions: readonly TransactionView[],
  coins: SpentCoins,
  backend: SignatureBackend,
): number {
  let inputs = 0;
  for (const tx of transactions) {
    const context = new TransactionContext(tx, coins, backend);
    for (let i = 0; i < tx.inputCount; i++) {
      const error = verifyInput(context, i, MANDATORY_FLAGS);
      if (error !== null) throw new Error(`input ${i} of transaction ${tx.index}: ${error}`);
    }
    inputs += tx.inputCount;
  }
  return inputs;
}

/** Best microseconds of processor time an input, of some rounds: a busy machine does not count. */
function measure(name: string, rounds: number, run: () => number): void {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i++) {
    const start = process.cpuUsage();
    const inputs = run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / inputs);
  }
  process.stdout.write(`${name.padEnd(76)} ${best.toFixed(2).padStart(8)} us/input\n`);
}

for (const kind of kinds)
  for (const inputs of [1, 2, 100]) {
    const [transactions, coins] = makeInputs(kind, inputs, Math.ceil(10_000 / inputs));
    const name = `${kind.name}, ${inputs} to a transaction`;
    measure(name, 8, () => verifyAll(transactions, coins, acceptAll));
  }

// Each signature hashes all inputs: what one transaction can cost (CVE-2013-2292).
const [large, largeCoins] = makeInputs(kinds[1] as Kind, 5500, 1);
measure("p2pkh, 5500 to a transaction", 2, () => verifyAll(large, largeCoins, acceptAll));

type SpentRow = [number, string, number | null, boolean | null];

const [blockPath, spentPath] = process.argv.slice(2);
if (blockPath !== undefined && spentPath !== undefined) {
  const block = decodeBlock(new Uint8Array(readFileSync(blockPath)));
  const rows = (JSON.parse(readFileSync(spentPath, "utf8")) as { spent: SpentRow[] }).spent;
  const coins = new SpentCoins(block.table.inputCount);
  rows.forEach(([value, script, height, coinbase], i) => {
    const coin = {
      value,
      script: decodeHex(script),
      height: height ?? 0,
      coinbase: coinbase === true,
    };
    coins.setCoin(i + 1, coin); // row 0 is the coinbase's
  });
  const transactions = block.transactions.slice(1);
  const all = `${transactions.length} transactions of a block`;
  measure(`${all}, no signatures`, 8, () => verifyAll(transactions, coins, acceptAll));
  const backend = signatureBackend();
  measure(`${all}, ${backend.name}`, 3, () => verifyAll(transactions, coins, backend));
}
