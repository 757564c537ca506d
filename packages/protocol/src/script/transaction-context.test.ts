import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it } from "node:test";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { nobleBackend } from "../crypto/noble-backend.ts";
import { TransactionContext } from "./transaction-context.ts";

const script = Uint8Array.of(0x51);

function contextOf(sequences: readonly number[]): TransactionContext {
  const inputs = sequences.map((sequence, index) => ({
    ...{ prevout: { txid: new Uint8Array(32), index }, script: new Uint8Array(0) },
    ...{ sequence, witness: [script] },
  }));
  const tx = { version: 2, inputs, outputs: [{ value: 1, script }], lockTime: 0 };
  const coins = new SpentCoins(sequences.length);
  for (const row of sequences.keys())
    coins.setCoin(row, { value: 2, script, height: 1, coinbase: false });
  return new TransactionContext(parseTransaction(encodeTransaction(tx)), coins, nobleBackend);
}

function sha256(data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(data).digest());
}

it("the hash of the sequences is each transaction's own, whatever was hashed before it", () => {
  const final = 0xffffffff;
  const lists = [[final], [final], [0xfffffffd], [final], [0], [final, 0], [0], [0, 0], [0]];
  for (const first of lists)
    for (const second of lists)
      for (const sequences of [first, second]) {
        const raw = new Uint8Array(Uint32Array.from(sequences).buffer);
        const { taprootHashes, witnessV0Hashes } = contextOf(sequences);
        assert.deepEqual(taprootHashes.subarray(96, 128), sha256(raw));
        assert.deepEqual(witnessV0Hashes.subarray(32, 64), sha256(sha256(raw)));
      }
});
