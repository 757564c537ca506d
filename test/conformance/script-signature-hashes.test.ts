import assert from "node:assert/strict";
import { test } from "node:test";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { signatureHashLegacy } from "@compeer/protocol/script/signature-hash";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

type Row = [string, string, number, number, string];

function check(name: string): number {
  const rows = readJsonVector<Row[]>(name).filter((row) => row.length > 1);
  for (const [raw, script, input, type, expected] of rows) {
    const tx = parseTransaction(Buffer.from(raw, "hex"));
    const context = new TransactionContext(tx, new SpentCoins(0), signatureBackend());
    const hash = signatureHashLegacy(context, input, Buffer.from(script, "hex"), type);
    assert.equal(formatHash(hash), expected, raw);
  }
  return rows.length;
}

test("legacy signature hashes are those of Core's sighash.json", { skip: vectorsMissing }, (t) => {
  const count = check("core/sighash.json");
  assert.equal(count, 500);
  t.diagnostic(`${count} hashes`);
});

test("legacy signature hashes are those of rust-bitcoin", { skip: vectorsMissing }, (t) => {
  const count = check("rust-bitcoin/legacy_sighash.json");
  t.diagnostic(`${count} hashes`);
  assert.ok(count >= 280);
});
