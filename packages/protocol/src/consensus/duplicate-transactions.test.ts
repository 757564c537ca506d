import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Network } from "../bitcoin/network.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { parseHash } from "../bytes/hash.ts";
import type { ChainPoint } from "./chain-point.ts";
import { needsDuplicateCheck } from "./duplicate-transactions.ts";

const MAIN = networkByName("main");
const REPEAT = parseHash("00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec");
const OTHER = new Uint8Array(32);

/** A parent that knows the hash of one ancestor only. */
function parentAt(height: number, ancestor: Uint8Array): ChainPoint {
  const point = { hash: ancestor, version: 1, time: 0, bits: 0, parent: null, medianTimePast: 0 };
  return {
    ...point,
    height,
    ancestor: (at) => (at <= height ? { ...point, height: at, ancestor: () => null } : null),
  };
}

function needed(
  height: number,
  hash: Uint8Array,
  ancestor: Uint8Array,
  network: Network = MAIN,
): boolean {
  return needsDuplicateCheck(height, hash, parentAt(height - 1, ancestor), network);
}

describe("needsDuplicateCheck (C05, BIP30)", () => {
  const activation = MAIN.bip34Hash as Uint8Array;

  it("is left out for the two blocks that did overwrite coins, and only at their heights", () => {
    assert.equal(needed(91_842, REPEAT, OTHER), false);
    assert.equal(needed(91_843, REPEAT, OTHER), true);
    assert.equal(needed(91_842, OTHER, OTHER), true);
    const second = parseHash("00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721");
    assert.equal(needed(91_880, second, OTHER), false);
  });

  it("ends with the block behind BIP34's, on the chain with the known block only", () => {
    assert.equal(needed(227_931, OTHER, activation), true);
    assert.equal(needed(227_932, OTHER, activation), false);
    assert.equal(needed(227_932, OTHER, OTHER), true);
  });

  it("returns at 1,983,702, where old coinbases could come again", () => {
    assert.equal(needed(1_983_701, OTHER, activation), false);
    assert.equal(needed(1_983_702, OTHER, activation), true);
  });

  it("never ends where no block of BIP34 is known", () => {
    assert.equal(needed(1000, OTHER, OTHER, networkByName("regtest")), true);
  });
});
