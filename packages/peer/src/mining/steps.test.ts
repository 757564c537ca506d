import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Background, runAtOnce } from "./steps.ts";

function* busy(steps: number, msEach: number): Generator<void, string> {
  for (let i = 0; i < steps; i++) {
    const end = performance.now() + msEach;
    while (performance.now() < end);
    yield;
  }
  return "done";
}

/** Turns of the event loop while a promise is not settled. */
async function turnsUntil(end: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  end.then(over, over);
  for (let turns = 0; ; turns++) {
    if (isOver) return turns;
    await new Promise(setImmediate);
  }
}

describe("Background", () => {
  it("gives others a turn every few milliseconds", async () => {
    const work = new Background(new AbortController().signal);
    const end = work.run(busy(40, 2));
    const turns = await turnsUntil(end);
    assert.equal(await end, "done");
    assert.ok(turns >= 10, `${turns} turns in 80 ms`);
    assert.ok(work.restedMs < 80);
  });

  it("goes on at once when somebody waits", async () => {
    const work = new Background(new AbortController().signal);
    const end = work.run(busy(40, 2));
    await new Promise(setImmediate);
    work.hurry();
    assert.ok((await turnsUntil(end)) <= 3);
    assert.equal(await end, "done");
  });

  it("ends between two steps with the reason of its signal", async () => {
    const stopping = new AbortController();
    const work = new Background(stopping.signal);
    const end = work.run(busy(1_000_000, 1));
    setImmediate(() => stopping.abort(new Error("closing")));
    await assert.rejects(end, /closing/);
  });
});

it("runAtOnce runs to the end", () => {
  assert.equal(runAtOnce(busy(3, 0)), "done");
});
