import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProjectedBlock } from "../../mempool/best-chunks.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import type { EntryChunk, MempoolEntry } from "../../mempool/mempool-entry.ts";
import { Projection, projectedEntries, projectedJson } from "./projection.ts";

const ROOM = 4000;

/** Chunks of one entry each, as satoshis a vbyte and weight. */
function blockOf(...chunks: readonly (readonly [rate: number, weight: number])[]): ProjectedBlock {
  const made = chunks.map(([rate, size]): EntryChunk => {
    const fee = (rate * size) / 4;
    return { fee, size, members: [{ fee } as unknown as MempoolEntry] };
  });
  const weight = made.reduce((sum, { size }) => sum + size, 0);
  return { weight, fees: made.reduce((sum, { fee }) => sum + fee, 0), chunks: made };
}

function projectionOf(blocks: readonly ProjectedBlock[], updates = { updates: 1 }): Projection {
  const mempool = {
    ...updates,
    minFeeRate: 0,
    options: { minRelayRate: 100 },
    projectedBlocks: (room: number, count: number) => {
      assert.deepEqual([room, count], [ROOM, 8]);
      return blocks;
    },
  };
  return new Projection(mempool as unknown as Mempool, ROOM);
}

describe("projectedJson", () => {
  it("tells lowest, median and highest rate, the median by weight", () => {
    const block = blockOf([50, 400], [10, 400], [5, 3000]);
    assert.deepEqual(projectedJson(block), {
      weight: 3800,
      vsize: 950,
      fees: 9750,
      txcount: 3,
      minrate: 5,
      medianrate: 5,
      maxrate: 50,
    });
    assert.deepEqual(
      projectedEntries(block).map(({ rate }) => rate),
      [50, 10, 5],
    );
  });
});

describe("Projection", () => {
  it("asks for more than the last of a full block pays, and for the least where there is room", () => {
    const full = blockOf([20, 2000], [4, 2000]);
    const half = blockOf([2, 2000]);
    assert.deepEqual(projectionOf([full, half]).fees(), {
      minimum: 0.1,
      next1: 4.01,
      next2: 0.1,
      next3: 0.1,
      next6: 0.1,
    });
    assert.equal(projectionOf([half]).fees().next1, 0.1);
    assert.equal(projectionOf([]).fees().next6, 0.1);
  });
});
