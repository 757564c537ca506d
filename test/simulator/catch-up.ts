import type { Simulation } from "./simulation.ts";

/** Two who mine against each other: an attacker with a part `share` of the power, and all others. */
export interface Race {
  /** The attacker's part of the power, 0 to ½. */
  readonly share: number;
  /** Blocks that somebody waits for before he trusts a payment. */
  readonly confirmations: number;
  /**
   * How long the others take for these blocks: just as long as they take on average, as the white paper
   * has it, or as long as chance has it.
   */
  readonly honestTime: "average" | "random";
}

/** Mean time between two blocks of everybody together, ms. */
const BLOCK_MS = 600_000;
/** So far behind the attacker gives up: he would catch up once in 10^9 at a share of 0.3. */
const HOPELESS = 24;

/**
 * One attack of section 11 of the Bitcoin white paper: the attacker mines in secret while the others
 * bury the payment, then goes on until he has as many blocks as they, or has no hope.
 *
 * @returns true when he has caught up
 */
export function attack(simulation: Simulation, race: Race): boolean {
  const { share, confirmations, honestTime } = race;
  const honestMs = BLOCK_MS / (1 - share);
  let honest = 0;
  let attacker = 0;
  let isBuried = confirmations === 0;
  const secret = (): void => {
    attacker++;
    simulation.after(simulation.exponential(BLOCK_MS / share), secret);
  };
  const found = (): void => {
    honest++;
    isBuried ||= honest >= confirmations;
    simulation.after(simulation.exponential(honestMs), found);
  };
  simulation.after(simulation.exponential(BLOCK_MS / share), secret);
  if (honestTime === "random" || isBuried)
    simulation.after(simulation.exponential(honestMs), found);
  else
    simulation.after(confirmations * honestMs, () => {
      honest = confirmations - 1;
      found();
    });
  const behind = (): number => honest - attacker;
  const isOver = (): boolean => isBuried && (behind() <= 0 || behind() >= HOPELESS);
  simulation.runAtOnce(Number.POSITIVE_INFINITY, isOver);
  return behind() <= 0;
}
