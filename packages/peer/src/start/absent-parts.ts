import type { Settings } from "../config/settings.ts";

/** Options of bitcoind that are known here and do nothing yet. */
const WITHOUT_EFFECT = [
  "alertnotify",
  "rest",
  "zmqpubhashblock",
  "zmqpubhashtx",
  "zmqpubrawblock",
  "zmqpubrawtx",
  "zmqpubsequence",
];

/**
 * What is asked of parts that do not exist.
 *
 * @returns a line for the log on each option that does nothing
 */
export function absentParts(settings: Settings): string[] {
  const isAsked = (name: string): boolean =>
    settings.list(name).some((value) => value !== "" && value !== "0");
  return WITHOUT_EFFECT.filter(isAsked).map((name) => `-${name} has no effect yet.`);
}
