import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Block, witnessIds } from "../bitcoin/block.ts";
import type { HeaderFields } from "../bitcoin/header.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { concatBytes } from "../bytes/compare.ts";
import { encodeDer } from "../crypto/der.ts";
import { publicKey, signEcdsa } from "../crypto/keys.ts";
import { signatureBackend } from "../crypto/secp256k1.ts";
import { scriptOf } from "../script/build-script.ts";
import { signatureHashLegacy } from "../script/signature-hash.ts";
import { TransactionContext } from "../script/transaction-context.ts";
import {
  checkSignetSolution,
  type SignetTransactions,
  signetTransactions,
  solutionPush,
} from "./signet.ts";
import { blockOf, bodyOf, coinbaseOf, OP_TRUE, outputOf } from "./test-chain.test.ts";
import { commitmentScript } from "./witness-commitment.ts";

const OP_CHECKSIG = 0xac;
const SIGHASH_ALL = 1;
const SECRET = new Uint8Array(32).fill(3);
const CHALLENGE = scriptOf(publicKey(SECRET), OP_CHECKSIG);
const NETWORK = networkByName("signet", { signetChallenge: CHALLENGE });
/** What a solution's push begins with. */
const HEADER = Uint8Array.of(0xec, 0xc7, 0xda, 0xa2);
const RESERVED = new Uint8Array(32);

/** A block whose commitment output ends in `push`. */
function blockWith(push: Uint8Array, change: Partial<HeaderFields> = {}): Block {
  const bare = blockOf(NETWORK, [coinbaseOf(1), bodyOf()]);
  const script = concatBytes(commitmentScript(witnessIds(bare), RESERVED), push);
  const outputs = [outputOf(50e8), outputOf(0, script)];
  return blockOf(NETWORK, [coinbaseOf(1, { outputs }), bodyOf()], change);
}

/** The solution of a signer who holds the secret. */
function signed(block: Block): Uint8Array {
  const { toSign } = signetTransactions(block, CHALLENGE) as SignetTransactions;
  const coins = new SpentCoins(1);
  coins.setCoin(0, { value: 0, script: CHALLENGE, height: 0, coinbase: false });
  const context = new TransactionContext(parseTransaction(toSign.raw), coins, signatureBackend());
  const hash = signatureHashLegacy(context, 0, CHALLENGE, SIGHASH_ALL);
  const signature = concatBytes(encodeDer(signEcdsa(hash, SECRET)), Uint8Array.of(SIGHASH_ALL));
  return solutionPush(scriptOf(signature), []);
}

describe("checkSignetSolution (BIP325)", () => {
  const unsigned = blockWith(solutionPush(new Uint8Array(0), []));
  const reason = (block: Block, network = NETWORK) => checkSignetSolution(block, network)?.reason;

  it("accepts what the holder of the challenge's key signed", () => {
    assert.equal(reason(blockWith(signed(unsigned))), undefined);
  });

  it("rejects a block without solution, or with one for another time or other transactions", () => {
    assert.equal(reason(unsigned), "bad-signet-blksig");
    assert.equal(reason(blockOf(NETWORK, [coinbaseOf(1)])), "bad-signet-blksig");
    const solution = signed(unsigned);
    assert.equal(reason(blockWith(solution, { time: 1 })), "bad-signet-blksig");
    assert.equal(reason(blockWith(concatBytes(solution, Uint8Array.of(0)))), "bad-signet-blksig");
  });

  it("does not cover nonce and bits, which mining changes after signing", () => {
    const solution = signed(unsigned);
    assert.equal(reason(blockWith(solution, { nonce: 1000 })), undefined);
  });

  it("rejects a solution that does not decode", () => {
    const bytes = [...solutionPush(new Uint8Array(0), [])];
    const longer = Uint8Array.of((bytes[0] as number) + 1, ...bytes.slice(1), 0);
    assert.equal(signetTransactions(blockWith(longer), CHALLENGE), null);
    assert.equal(reason(blockWith(longer)), "bad-signet-blksig");
  });

  it("rejects a solution of any bytes, or a good one that was changed, and never throws", () => {
    const good = signed(unsigned);
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }));
    const pushes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => scriptOf(concatBytes(HEADER, bytes))),
      change.map(([at, flip]) => good.with(at, (good[at] as number) ^ flip)),
      fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
    );
    fc.assert(
      fc.property(pushes, (push) => {
        assert.equal(reason(blockWith(push)), "bad-signet-blksig");
      }),
      { numRuns: 60 },
    );
  });

  it("needs no solution where anyone meets the challenge, but a commitment", () => {
    const open = networkByName("signet", { signetChallenge: Uint8Array.of(OP_TRUE) });
    assert.equal(reason(blockWith(new Uint8Array(0)), open), undefined);
    assert.equal(reason(blockOf(open, [coinbaseOf(1)]), open), "bad-signet-blksig");
  });

  it("asks for nothing on other networks", () => {
    assert.equal(reason(unsigned, networkByName("regtest")), undefined);
  });
});
