import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { mergeInSteps, sortInSteps } from "./sort-in-steps.ts";

const byNumber = (a: number, b: number): number => a - b;

function finish<T>(steps: Generator<void, T>): { value: T; count: number } {
  for (let count = 0; ; count++) {
    const step = steps.next();
    if (step.done) return { value: step.value, count };
  }
}

it("sortInSteps sorts as Array.sort does and leaves the array as it is", () => {
  const lists = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 700 });
  fc.assert(
    fc.property(lists, (list) => {
      const before = [...list];
      assert.deepEqual(finish(sortInSteps(list, byNumber)).value, before.sort(byNumber));
      assert.equal(list.length, before.length);
    }),
    { numRuns: 50 },
  );
});

it("sortInSteps keeps equals in their order", () => {
  const list = Array.from({ length: 1000 }, (_, at) => ({ key: (at * 7) % 3, at }));
  const { value } = finish(sortInSteps(list, (a, b) => a.key - b.key));
  assert.deepEqual(
    value,
    [...list].sort((a, b) => a.key - b.key),
  );
});

it("sortInSteps and mergeInSteps pause every few hundred items", () => {
  const list = Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 20_011);
  assert.ok(finish(sortInSteps(list, byNumber)).count > 500);
  const [even, odd] = [0, 1].map((first) => Array.from({ length: 5000 }, (_, i) => 2 * i + first));
  const { value, count } = finish(mergeInSteps(even ?? [], odd ?? [], byNumber));
  assert.deepEqual(
    value,
    Array.from({ length: 10_000 }, (_, i) => i),
  );
  assert.ok(count >= 30);
});
