import assert from "node:assert/strict";
import { it } from "node:test";
import { TokenBucket } from "./token-bucket.ts";

it("a token bucket lets a burst through, then its rate, and never saves up more than the burst", () => {
  const bucket = new TokenBucket(2, 3, 0);
  const take = (nowMs: number): boolean[] => [1, 2, 3, 4].map(() => bucket.take(nowMs));
  assert.deepEqual(take(0), [true, true, true, false]);
  assert.deepEqual(take(1000), [true, true, false, false]);
  assert.deepEqual(take(1_000_000), [true, true, true, false]);
});
