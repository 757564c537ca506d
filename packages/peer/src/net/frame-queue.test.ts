import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FrameQueue } from "./frame-queue.ts";

function frame(size: number) {
  return { command: "ping", payload: new Uint8Array(0), size, fault: null };
}

describe("FrameQueue", () => {
  it("gives frames in order and counts what it holds", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3000, max: 3000 })), (steps) => {
        const queue = new FrameQueue();
        const model: number[] = [];
        for (const step of steps) {
          if (step > 0) {
            queue.push(frame(step));
            model.push(step);
          } else assert.equal(queue.take()?.size, model.shift());
          assert.equal(queue.isEmpty, model.length === 0);
          assert.ok(queue.bytes >= model.reduce((sum, size) => sum + size, 0));
        }
      }),
    );
  });

  it("is empty and weightless after everything was taken, of a flood as well", () => {
    const queue = new FrameQueue();
    for (let i = 0; i < 100_000; i++) queue.push(frame(24));
    assert.ok(queue.bytes > 10_000_000, "tiny frames are not free");
    for (let i = 0; i < 100_000; i++) assert.notEqual(queue.take(), null);
    assert.equal(queue.take(), null);
    assert.equal(queue.bytes, 0);
  });
});
