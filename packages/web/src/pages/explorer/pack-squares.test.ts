import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { packSquares } from "./pack-squares.ts";

const ROOM = 4_000_000;

describe("packSquares", () => {
  it("lets no two squares share a cell", () => {
    const weights = Array.from({ length: 3_000 }, (_, index) => 400 + ((index * 7919) % 4_000));
    const { squares, width } = packSquares(weights, ROOM);
    const seen = new Set<number>();
    for (const { x, y, side } of squares) {
      assert.ok(x >= 0 && x + side <= width);
      for (let row = y; row < y + side; row++) {
        for (let column = x; column < x + side; column++) {
          const cell = row * width + column;
          assert.ok(!seen.has(cell));
          seen.add(cell);
        }
      }
    }
  });

  it("fills a full block's field nearly to its foot, and no further than a little below it", () => {
    const weights = Array.from({ length: 4_000 }, (_, index) => 500 + ((index * 104_729) % 1_000));
    const { squares, width } = packSquares(weights, ROOM);
    const foot = Math.max(...squares.map(({ y, side }) => y + side));
    assert.ok(foot > width * 0.7 && foot < width * 1.15, `foot ${foot} of ${width}`);
  });

  it("gives a heavier transaction a larger square", () => {
    const { squares } = packSquares([400_000, 1_000], ROOM);
    assert.ok((squares[0]?.side ?? 0) > 5 * (squares[1]?.side ?? 0));
  });

  it("packs ten thousand of the smallest in well under a second", () => {
    const { squares } = packSquares(new Array(10_000).fill(400), ROOM);
    assert.equal(squares.length, 10_000);
  });

  it("draws nothing for an empty block", () => {
    assert.deepEqual(packSquares([], ROOM).squares, []);
  });
});
