import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { controlBlock, scriptPathOf } from "./control-block.ts";
import type { InputJson } from "./transaction-json.ts";

const KEY = "79".repeat(32);
const [leaf, root] = ["11".repeat(32), "22".repeat(32)] as const;

function inputOf(type: string, ...txinwitness: readonly string[]): InputJson {
  const scriptPubKey = { asm: "", hex: "", type };
  return { sequence: 0, txinwitness, prevout: { value: 1, scriptPubKey } };
}

describe("controlBlock", () => {
  it("tells the key and the branches, from the root down to the script", () => {
    assert.deepEqual(controlBlock(`c1${KEY}${leaf}${root}`), {
      leafVersion: 0xc0,
      internalKey: KEY,
      siblings: [root, leaf],
    });
    assert.deepEqual(controlBlock(`c0${KEY}`)?.siblings, []);
  });

  it("reads nothing of another length", () => {
    for (const hex of ["", `c0${KEY.slice(2)}`, `c0${KEY}00`, `c0${KEY}${root.repeat(129)}`])
      assert.equal(controlBlock(hex), null);
  });
});

describe("scriptPathOf", () => {
  it("is there for a script path alone, with an annex or without", () => {
    const control = `c0${KEY}`;
    const type = "witness_v1_taproot";
    assert.notEqual(scriptPathOf(inputOf(type, "51", control)), null);
    assert.notEqual(scriptPathOf(inputOf(type, "51", control, "5000")), null);
    assert.equal(scriptPathOf(inputOf(type, "aa".repeat(64))), null);
    assert.equal(scriptPathOf(inputOf(type, "aa".repeat(64), "5000")), null);
    assert.equal(scriptPathOf(inputOf("witness_v0_scripthash", "51", control)), null);
  });
});
