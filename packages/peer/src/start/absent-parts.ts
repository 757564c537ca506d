import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";

/** Somebody who asks for these wants connections hidden: to make them openly would harm him. */
const HIDING = ["proxy", "onion", "i2psam", "onlynet"];

/** Options of bitcoind that are known here and do nothing yet. */
const WITHOUT_EFFECT = [
  "alertnotify",
  "asmap",
  "blockfilterindex",
  "coinstatsindex",
  "dnsseed",
  "externalip",
  "forcednsseed",
  "listenonion",
  "natpmp",
  "peerblockfilters",
  "peerbloomfilters",
  "rest",
  "seednode",
  "signer",
  "txindex",
  "txreconciliation",
  "v2transport",
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
 * @throws SettingsError when ignoring it would do harm
 */
export function absentParts(settings: Settings): string[] {
  const isAsked = (name: string): boolean =>
    settings.list(name).some((value) => value !== "" && value !== "0");
  const hiding = HIDING.find(isAsked);
  if (hiding !== undefined)
    throw new SettingsError(
      `-${hiding} is not there yet: connections would be made without it. Leave it out to make them openly.`,
    );
  return WITHOUT_EFFECT.filter(isAsked).map((name) => `-${name} has no effect yet.`);
}
