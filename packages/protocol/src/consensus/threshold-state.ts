import { ALWAYS_ACTIVE, NEVER_ACTIVE } from "../bitcoin/network.ts";
import type { ChainPoint } from "./chain-point.ts";

/** BIP9 with BIP341's minimum activation height. */
export type ThresholdState = "defined" | "started" | "locked_in" | "active" | "failed";

/** When and how a rule is activated by signals. */
export interface ThresholdRule {
  readonly startTime: number;
  readonly timeout: number;
  readonly minActivationHeight: number;
  readonly period: number;
  readonly threshold: number;
  /** Does this block count as a signal? */
  counts(point: ChainPoint): boolean;
}

/**
 * State that holds in the block after `parent`; null: the first block.
 * Core: AbstractThresholdConditionChecker::GetStateFor.
 *
 * @param known states behind the last blocks of periods, kept by the caller and added to here
 */
export function thresholdState(
  parent: ChainPoint | null,
  rule: ThresholdRule,
  known: Map<ChainPoint, ThresholdState>,
): ThresholdState {
  if (rule.startTime === ALWAYS_ACTIVE) return "active";
  if (rule.startTime === NEVER_ACTIVE) return "failed";
  const unknown: ChainPoint[] = [];
  let state: ThresholdState = "defined";
  // Back over the last blocks of periods to one whose state is known, then forward again.
  for (let at = lastOfPeriod(parent, rule.period); at !== null; ) {
    const found = known.get(at);
    if (found !== undefined) {
      state = found;
      break;
    }
    unknown.push(at);
    if (at.medianTimePast < rule.startTime) break;
    at = at.ancestor(at.height - rule.period);
  }
  for (let at = unknown.pop(); at !== undefined; at = unknown.pop()) {
    state = nextState(state, at, rule);
    known.set(at, state);
  }
  return state;
}

/** The last block of the last full period at or below `point`; null before the first period ends. */
export function lastOfPeriod(point: ChainPoint | null, period: number): ChainPoint | null {
  return point === null ? null : point.ancestor(point.height - ((point.height + 1) % period));
}

/** The state after the period that `last` ends, when `state` held in it. */
function nextState(state: ThresholdState, last: ChainPoint, rule: ThresholdRule): ThresholdState {
  switch (state) {
    case "defined":
      return last.medianTimePast >= rule.startTime ? "started" : "defined";
    case "started":
      if (countSignals(last, rule) >= rule.threshold) return "locked_in";
      return last.medianTimePast >= rule.timeout ? "failed" : "started";
    case "locked_in":
      return last.height + 1 >= rule.minActivationHeight ? "active" : "locked_in";
    case "active":
    case "failed":
      return state;
  }
}

function countSignals(last: ChainPoint, rule: ThresholdRule): number {
  let count = 0;
  let at: ChainPoint | null = last;
  for (let i = 0; i < rule.period && at !== null; i++, at = at.parent) if (rule.counts(at)) count++;
  return count;
}
