import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeTransaction, type TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { publicKey } from "@compeer/protocol/crypto/keys";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { KeyRing } from "@compeer/protocol/script/key-ring";
import { OP_1, OP_CHECKMULTISIG, OP_EQUAL, OP_HASH160 } from "@compeer/protocol/script/opcodes";
import { signTransaction } from "@compeer/protocol/script/sign-transaction";
import { Mempool } from "./mempool.ts";
import { DEFAULT_MEMPOOL_OPTIONS } from "./mempool-options.ts";
import { Ledger } from "./testing/ledger.ts";

const COIN = 1e8;
const KEY_COUNT = 15;
const LIMIT_MS = 500;

const secrets = Array.from({ length: KEY_COUNT }, (_, i) => new Uint8Array(32).fill(i + 1));
/** One signature of fifteen keys; that of the first key is found only after all others were tried. */
const multisig = scriptOf(
  OP_1,
  ...secrets.map((secret) => publicKey(secret)),
  OP_1 + KEY_COUNT - 1,
  OP_CHECKMULTISIG,
);
const scriptHash = scriptOf(OP_HASH160, hash160(multisig), OP_EQUAL);

/** A transaction with so many inputs that each try fifteen keys, with or without the signatures. */
function manySigops(ledger: Ledger, inputs: number, signed: boolean): TransactionBody {
  const spends = ledger.fund(new Array(inputs).fill(COIN), 0, false, scriptHash);
  const unsigned = {
    version: 2,
    inputs: spends.map((prevout) => ({
      prevout,
      script: signed ? new Uint8Array(0) : scriptOf(0, multisig),
      sequence: 0xffffffff,
      witness: [],
    })),
    outputs: [{ value: inputs * COIN - COIN, script: scriptHash }],
    lockTime: 0,
  };
  if (!signed) return unsigned;
  const ring = new KeyRing();
  ring.addSecret(secrets[0] as Uint8Array);
  ring.addScript(multisig);
  const coin = { value: COIN, script: scriptHash, height: 0, coinbase: false };
  return signTransaction(unsigned, new Array(inputs).fill(coin), ring).body;
}

async function verdictOf(
  inputs: number,
  signed: boolean,
): Promise<{ readonly reason: string; readonly cpuMs: number }> {
  const ledger = new Ledger();
  const log = { info: () => {}, debug: () => {}, error: () => {} };
  const parts = { chain: ledger, clock: { now: () => 1_700_000_000 }, log };
  const mempool = new Mempool(parts, DEFAULT_MEMPOOL_OPTIONS);
  const tx = parseTransaction(encodeTransaction(manySigops(ledger, inputs, signed)));
  const before = process.cpuUsage();
  const { fault } = await mempool.submit(tx);
  const { user, system } = process.cpuUsage(before);
  return { reason: fault?.reason ?? "", cpuMs: (user + system) / 1000 };
}

describe("D11: the dearest transactions to check", () => {
  it("are taken within half a second of processor time at the limit of signature operations", async () => {
    const { reason, cpuMs } = await verdictOf(155, true);
    assert.equal(reason, "");
    assert.ok(cpuMs < LIMIT_MS, `${cpuMs} ms`);
  });

  it("are refused above it before any script runs", async () => {
    const { reason, cpuMs } = await verdictOf(167, false);
    assert.equal(reason, "bad-txns-nonstandard-inputs");
    assert.ok(cpuMs < LIMIT_MS / 5, `${cpuMs} ms`);
  });
});
