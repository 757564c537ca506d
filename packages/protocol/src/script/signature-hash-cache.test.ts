import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { nobleBackend } from "../crypto/noble-backend.ts";
import { signatureHashLegacy, signatureHashV0 } from "./signature-hash.ts";
import { SignatureHashCache } from "./signature-hash-cache.ts";
import { TransactionContext } from "./transaction-context.ts";

const script = Uint8Array.of(0x51, 0x87);

/** Three inputs and two outputs, so that the last input has no output of its number. */
function makeContext(): TransactionContext {
  const input = {
    prevout: { txid: new Uint8Array(32).fill(5), index: 1 },
    script: new Uint8Array(0),
    sequence: 7,
    witness: [],
  };
  const inputs = [0, 1, 2].map((sequence) => ({ ...input, sequence }));
  const outputs = [1000, 2000].map((value) => ({ value, script }));
  const tx = parseTransaction(encodeTransaction({ version: 2, inputs, outputs, lockTime: 9 }));
  const coins = new SpentCoins(3);
  for (let i = 0; i < 3; i++)
    coins.setCoin(i, { value: 5000 + i, script, height: 1, coinbase: false });
  return new TransactionContext(tx, coins, nobleBackend);
}

describe("SignatureHashCache", () => {
  for (const version of ["base", "witness-v0"] as const)
    it(`gives every hash type the hash that it has without a cache, in ${version}`, () => {
      const context = makeContext();
      const make = version === "base" ? signatureHashLegacy : signatureHashV0;
      for (let input = 0; input < 3; input++) {
        const cache = new SignatureHashCache();
        for (const scriptCode of [script, script.slice(1)])
          for (let round = 0; round < 2; round++)
            for (let type = 0; type < 256; type++)
              assert.deepEqual(
                cache.hash(context, input, version, scriptCode, type),
                make(context, input, scriptCode, type),
                `input ${input}, type ${type}`,
              );
      }
    });

  it("C19: hashes a large transaction twice a kind, however many types signatures name", () => {
    const context = makeContext();
    const cache = new SignatureHashCache();
    let asked = 0;
    const counting = new Proxy(context, {
      get(target, key) {
        if (key === "blank") asked++;
        return Reflect.get(target, key, target);
      },
    });
    for (let type = 4; type < 128; type++)
      if ((type & 31) > 3) cache.hash(counting, 0, "base", script, type);
    assert.equal(asked, 2);
  });
});
