import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeHex } from "../bytes/hex.ts";
import { writeU32 } from "../bytes/writer.ts";
import { grindHeader } from "./grind.ts";
import { sha256d } from "./sha256.ts";

/** Header of the first block of the main chain. */
const GENESIS = decodeHex(
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e" +
    "67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c",
);
const GENESIS_NONCE = 2083236893;

/** Little-endian target of difficulty 1. */
function difficultyOne(): Uint8Array {
  const target = new Uint8Array(32);
  target[26] = 0xff;
  target[27] = 0xff;
  return target;
}

describe("grindHeader", () => {
  it("finds the nonce of the genesis block wherever it starts below it", () => {
    for (const before of [0, 1, 2, 3, 4, 5, 1000]) {
      const start = GENESIS_NONCE - before;
      assert.equal(grindHeader(GENESIS, difficultyOne(), start, before + 1), GENESIS_NONCE);
    }
  });

  it("tries no nonce beyond the number of tries", () => {
    assert.equal(grindHeader(GENESIS, difficultyOne(), GENESIS_NONCE - 5, 5), -1);
    assert.equal(grindHeader(GENESIS, difficultyOne(), GENESIS_NONCE + 1, 50), -1);
    assert.equal(grindHeader(GENESIS, difficultyOne(), 0, 0), -1);
  });

  it("ends at the last nonce there is", () => {
    assert.equal(grindHeader(GENESIS, new Uint8Array(32), 0xfffffff9, 1000), -1);
  });

  it("takes a hash that equals the target and refuses one above it", () => {
    const header = GENESIS.slice();
    writeU32(header, 76, 12345);
    const target = sha256d(header);
    assert.equal(grindHeader(GENESIS, target, 12345, 1), 12345);
    const below = target.slice();
    below[0] = (below[0] as number) - 1;
    assert.notEqual(target[0], 0);
    assert.equal(grindHeader(GENESIS, below, 12345, 1), -1);
  });

  it("takes the first nonce when every hash will do", () => {
    assert.equal(grindHeader(GENESIS, new Uint8Array(32).fill(255), 7, 100), 7);
  });
});
