import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Clock } from "../../clock/clock.ts";
import { UploadLimit } from "./upload-limit.ts";

const START = 1_700_000_000;
const DAY = 86_400;
const MB = 1_000_000;

function lab(target: number): { limit: UploadLimit; clock: Clock; send(bytes: number): void } {
  const clock = new Clock();
  clock.setMock(START);
  let total = 0;
  const limit = new UploadLimit(target, clock, () => total);
  const send = (bytes: number): void => {
    total += bytes;
    limit.look();
  };
  return { limit, clock, send };
}

describe("UploadLimit", () => {
  it("sets none where none is asked for", () => {
    const { limit, send } = lab(0);
    send(1e12);
    assert.equal(limit.isReached || limit.isReachedForHistory, false);
    assert.equal(limit.bytesLeft + limit.secondsLeft, 0);
  });

  it("ends history first: what is left is for 144 new blocks a day", () => {
    const { limit, clock, send } = lab(800 * MB);
    assert.equal(limit.secondsLeft, DAY);
    send(223 * MB);
    assert.equal(limit.isReachedForHistory, false);
    send(1 * MB);
    assert.ok(limit.isReachedForHistory && !limit.isReached);
    clock.setMock(START + DAY / 2);
    assert.equal(limit.isReachedForHistory, false);
    send(576 * MB);
    assert.ok(limit.isReached);
    assert.equal(limit.bytesLeft, 0);
  });

  it("serves no history at all where the target is smaller than what new blocks need", () => {
    const { limit } = lab(1 * MB);
    assert.ok(limit.isReachedForHistory && !limit.isReached);
  });

  it("begins anew with the first bytes after a day", () => {
    const { limit, clock, send } = lab(100 * MB);
    send(100 * MB);
    clock.setMock(START + DAY);
    assert.ok(limit.isReached);
    clock.setMock(START + DAY + 1);
    assert.equal(limit.secondsLeft, 0);
    assert.ok(limit.isReached);
    send(1 * MB);
    assert.equal(limit.isReached, false);
    assert.equal(limit.bytesLeft, 99 * MB);
    assert.equal(limit.secondsLeft, DAY);
  });
});
