import assert from "node:assert/strict";
import { it } from "node:test";
import { attack, type Race } from "../simulator/catch-up.ts";
import { Simulation } from "../simulator/simulation.ts";

const { COMPEER_SEED = "1" } = process.env;
const TRIALS = 20_000;
/** Within so many standard errors all 22 rows lie, but for once in 700 seeds. */
const SIGMAS = 4;

/** Section 11 of the Bitcoin white paper: P by z from 0 to 10, as it is printed there. */
const PRINTED: Record<string, readonly number[]> = {
  "0.1": [
    1.0, 0.2045873, 0.0509779, 0.0131722, 0.0034552, 0.0009137, 0.0002428, 0.0000647, 0.0000173,
    0.0000046, 0.0000012,
  ],
};
/** For q = 0.3 the paper prints every fifth z; those between are of its formula. */
const PRINTED_EVERY_FIFTH = { 0: 1.0, 5: 0.1773523, 10: 0.0416605 };

/** The paper's formula for the chance to catch up. */
function formula(share: number, confirmations: number): number {
  const lambda = (confirmations * share) / (1 - share);
  let sum = 1;
  let poisson = Math.exp(-lambda);
  for (let k = 0; k <= confirmations; k++) {
    if (k > 0) poisson *= lambda / k;
    sum -= poisson * (1 - (share / (1 - share)) ** (confirmations - k));
  }
  return sum;
}

/** How often an attack succeeds. */
function simulated(race: Race): number {
  let caughtUp = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const seed = Number(COMPEER_SEED) * TRIALS + trial;
    if (attack(new Simulation(seed), race)) caughtUp++;
  }
  return caughtUp / TRIALS;
}

for (const share of [0.1, 0.3])
  it(`an attacker with ${share} of the power catches up as often as section 11 says`, (t) => {
    for (let z = 0; z <= 10; z++) {
      const expected = formula(share, z);
      const printed =
        PRINTED[String(share)]?.[z] ?? PRINTED_EVERY_FIFTH[z as keyof typeof PRINTED_EVERY_FIFTH];
      if (printed !== undefined) assert.equal(expected.toFixed(7), printed.toFixed(7));
      const found = simulated({ share, confirmations: z, honestTime: "average" });
      const error = Math.sqrt((expected * (1 - expected)) / TRIALS) + 1 / TRIALS;
      t.diagnostic(`q=${share} z=${z} P=${expected.toFixed(7)} simulated ${found.toFixed(5)}`);
      assert.ok(
        Math.abs(found - expected) <= SIGMAS * error,
        `z=${z}: ${found} instead of ${expected}, standard error ${error}`,
      );
    }
  });

it("chance in the honest miners' time makes an attack likelier than the paper has it", (t) => {
  const race = { share: 0.3, confirmations: 6 } as const;
  const average = simulated({ ...race, honestTime: "average" });
  const random = simulated({ ...race, honestTime: "random" });
  t.diagnostic(`average ${average}, random ${random}`);
  assert.ok(random > average);
});

it("one seed gives one course of events, and another another", () => {
  const course = (seed: number): number[] => {
    const simulation = new Simulation(seed);
    const times: number[] = [];
    const next = (): void => {
      times.push(simulation.now);
      simulation.after(simulation.exponential(1000), next);
    };
    next();
    simulation.runAtOnce(60_000, () => false);
    return times;
  };
  assert.deepEqual(course(7), course(7));
  assert.notDeepEqual(course(7), course(8));
});
