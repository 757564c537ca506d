import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Signal } from "../chain/signal.ts";
import type { MempoolEntry } from "../mempool/mempool-entry.ts";
import type { MinedEntries, Removal } from "../mempool/mempool-parts.ts";
import { FeeEstimates } from "./fee-estimates.ts";

const NOW = 1_700_000_000;

class World {
  readonly lines: string[] = [];
  readonly mempool = {
    added: new Signal<MempoolEntry>(),
    removed: new Signal<Removal>(),
    mined: new Signal<MinedEntries>(),
  };
  readonly chain = {
    isInitialDownload: false,
    tip: { height: 1, time: NOW },
    bestHeader: { height: 1 },
  };
  readonly parts = {
    chain: this.chain,
    mempool: this.mempool,
    clock: { now: (): number => NOW },
    log: { info: (text: string) => this.#note(text), warning: (text: string) => this.#note(text) },
  };

  #note(text: string): void {
    this.lines.push(text);
  }

  /** A block a step, which confirms at once what came before it. */
  live(blocks: number, entry: Partial<MempoolEntry> = {}): void {
    for (let i = 0; i < blocks; i++) {
      const { height } = this.chain.tip;
      const entries = [0, 1, 2].map((n) => ({
        ...{ txidKey: `${height} ${n}`, height, fee: 1000, vsize: 100, arrival: "alone" },
        ...{ parents: new Set(), ...entry },
      })) as MempoolEntry[];
      for (const each of entries) this.mempool.added.emit(each);
      this.chain.tip = { height: height + 1, time: NOW };
      this.mempool.mined.emit({ height: height + 1, entries });
    }
  }
}

describe("FeeEstimates", () => {
  const directory = mkdtempSync(join(tmpdir(), "compeer-fees-"));
  const path = join(directory, "fee_estimates.dat");
  after(() => rmSync(directory, { recursive: true }));

  it("learns from what came alone, without parents, while the chain is up to date", async () => {
    const cases: [string, number, (world: World) => void][] = [
      ["alone", 10_000, (world) => world.live(40)],
      ["in a package", 0, (world) => world.live(40, { arrival: "package" })],
      ["out of a block", 0, (world) => world.live(40, { arrival: "block" })],
      ["with a parent", 0, (world) => world.live(40, { parents: new Set([{} as MempoolEntry]) })],
      [
        "behind",
        0,
        (world) => {
          world.chain.bestHeader.height = 1_000;
          world.live(40);
        },
      ],
    ];
    for (const [name, rate, live] of cases) {
      const world = new World();
      world.mempool.mined.emit({ height: 1, entries: [] });
      const options = { path: null, acceptStale: false };
      const fees = await FeeEstimates.open(world.parts, options);
      world.mempool.mined.emit({ height: 1, entries: [] });
      live(world);
      assert.equal(fees.smartRate(2, false).rate, rate, name);
      await fees.close();
    }
  });

  it("keeps what it learned in its file, unless that is too old", async () => {
    const world = new World();
    const fees = await FeeEstimates.open(world.parts, { path, acceptStale: false });
    world.mempool.mined.emit({ height: 1, entries: [] });
    world.live(40);
    const { rate } = fees.smartRate(2, false);
    await fees.close();
    const reopened = async (acceptStale: boolean): Promise<number> => {
      const again = await FeeEstimates.open(new World().parts, { path, acceptStale });
      return again.smartRate(2, false).rate;
    };
    assert.equal(await reopened(false), rate);
    const old = Date.now() / 1000 - 62 * 3600;
    utimesSync(path, old, old);
    assert.equal(await reopened(false), 0);
    assert.equal(await reopened(true), rate);
  });

  it("starts anew from a damaged file and says so", async () => {
    writeFileSync(path, "no estimates");
    const world = new World();
    const fees = await FeeEstimates.open(world.parts, { path, acceptStale: false });
    assert.match(world.lines.join("\n"), /Failed to read fee estimates/);
    assert.equal(fees.smartRate(2, false).rate, 0);
    await fees.close();
  });
});
