import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hashTypeWords, lockWords, witnessItems } from "./script-words.ts";

const SIGNATURE = `30${"44".repeat(69)}01`;
const KEY = `02${"ab".repeat(32)}`;

function spending(
  type: string,
  txinwitness: readonly string[],
): Parameters<typeof witnessItems>[0] {
  return {
    sequence: 0,
    txinwitness,
    prevout: { value: 1, scriptPubKey: { asm: "", hex: "", type } },
  };
}

describe("witnessItems", () => {
  it("names signature and key of a payment to a key hash", () => {
    const [first, second] = witnessItems(spending("witness_v0_keyhash", [SIGNATURE, KEY]));
    assert.match(first?.words ?? "", /^Signature \(ECDSA\), covers all inputs and all outputs$/);
    assert.equal(second?.words, "Public key");
  });

  it("finds the script of a payment to a script hash at the end", () => {
    const items = witnessItems(spending("witness_v0_scripthash", ["", SIGNATURE, "51ae"]));
    assert.deepEqual(
      items.map(({ isScript }) => isScript),
      [false, false, true],
    );
  });

  it("tells a taproot key spend, whose hash type is the whole when it is left out", () => {
    const [only] = witnessItems(spending("witness_v1_taproot", ["cd".repeat(64)]));
    assert.match(only?.words ?? "", /by the key itself, covers all inputs and all outputs/);
  });

  it("takes a taproot script spend apart, annex last", () => {
    const control = `c1${"00".repeat(32)}${"11".repeat(64)}`;
    const items = witnessItems(spending("witness_v1_taproot", ["01", "51", control, "50ff"]));
    assert.equal(items.length, 4);
    assert.equal(items[1]?.isScript, true);
    assert.match(items[2]?.words ?? "", /2 deep in the tree, leaf version 0xc0/);
    assert.match(items[3]?.words ?? "", /^Annex/);
  });

  it("survives an empty witness", () => {
    assert.deepEqual(witnessItems(spending("witness_v1_taproot", [])), []);
  });
});

describe("hashTypeWords", () => {
  it("says what ANYONECANPAY leaves open", () => {
    assert.equal(hashTypeWords(0x83), "covers this input alone and the output beside it");
  });
});

describe("lockWords", () => {
  it("says nothing of a lock that final sequences switch off", () => {
    assert.equal(lockWords(800_000, [0xffffffff]), null);
    assert.equal(lockWords(800_000, [0xfffffffe]), "not before block 800001");
  });
});
