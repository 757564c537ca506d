import { appendFileSync } from "node:fs";

/** What one attack did to its victim. */
export interface Outcome {
  /** Row of docs/faults.md. */
  readonly id: string;
  /** What the victim did about it, in a few words. */
  readonly reaction: string;
  /** Bytes that the victim kept, with the attackers still there. */
  readonly grownBytes: number;
  /** The longest that an honest peer waited for a pong meanwhile. */
  readonly slowestPingMs: number;
}

/** Adds a line to the file that COMPEER_ATTACK_REPORT names, if it does: scripts/faults-table.mjs reads it. */
export function recordOutcome(outcome: Outcome): void {
  const { COMPEER_ATTACK_REPORT: file } = process.env;
  if (file) appendFileSync(file, `${JSON.stringify(outcome)}\n`);
}
