import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { nobleBackend } from "../crypto/noble-backend.ts";
import { signatureHashLegacy } from "./signature-hash.ts";
import { SIGHASH_ALL } from "./signature-hash-type.ts";
import { TransactionContext } from "./transaction-context.ts";

const scriptCode = Uint8Array.of(0x76, 0x87);
const nothing = new Uint8Array(0);

function transaction(count: number, signed: number): Uint8Array {
  const inputs = Array.from({ length: count }, (_, index) => ({
    prevout: { txid: new Uint8Array(32).fill(index), index },
    script: index === signed ? scriptCode : nothing,
    sequence: index,
    witness: [],
  }));
  const outputs = [{ value: 1000, script: scriptCode }];
  return encodeTransaction({ version: 2, inputs, outputs, lockTime: 9 });
}

function sha256d(...parts: readonly Uint8Array[]): Uint8Array {
  const once = createHash("sha256");
  for (const part of parts) once.update(part);
  return new Uint8Array(createHash("sha256").update(once.digest()).digest());
}

describe("signatureHashLegacy", () => {
  // Of some 41 bytes an input: short, long, and more than there is room for where messages are hashed.
  for (const count of [1, 3, 20, 400, 1581, 1582, 1583, 3000])
    it(`hashes a transaction of ${count} inputs, written as it stands, with the type behind it`, () => {
      const context = new TransactionContext(
        parseTransaction(transaction(count, -1)),
        new SpentCoins(count),
        nobleBackend,
      );
      for (const input of new Set([0, count >> 1, count - 1]))
        assert.deepEqual(
          signatureHashLegacy(context, input, scriptCode, SIGHASH_ALL),
          sha256d(transaction(count, input), Uint8Array.of(SIGHASH_ALL, 0, 0, 0)),
        );
    });
});
