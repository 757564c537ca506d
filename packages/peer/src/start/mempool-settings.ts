import type { Network } from "@compeer/protocol/bitcoin/network";
import { parseFixedPoint } from "@compeer/protocol/rpc/amount";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";
import { DEFAULT_MEMPOOL_OPTIONS, type MempoolOptions } from "../mempool/mempool-options.ts";

const HOUR_SECONDS = 60 * 60;
const MEGABYTE = 1_000_000;
/** Memory that a virtual byte may take at most: one cluster must fit. Core: CTxMemPool, Flatten. */
const USAGE_PER_VBYTE = 40;

/** @throws SettingsError on a rate that is no amount, or a limit that cannot hold one cluster */
export function mempoolOptions(settings: Settings, network: Network): MempoolOptions {
  const defaults = DEFAULT_MEMPOOL_OPTIONS;
  const blocksOnly = settings.flag("blocksonly");
  const maxUsage =
    settings.number("maxmempool", blocksOnly ? 5 : defaults.maxUsage / MEGABYTE) * MEGABYTE;
  const clusterVsize = settings.number("limitclustersize", defaults.clusterVsize / 1000) * 1000;
  checkLimits(settings, network, maxUsage, clusterVsize);
  const incrementalRate = rate(settings, "incrementalrelayfee", defaults.incrementalRate);
  return {
    ...defaults,
    requireStandard: !settings.flag("acceptnonstdtxn", false),
    maxDataCarrier: settings.flag("datacarrier", true)
      ? settings.number("datacarriersize", defaults.maxDataCarrier ?? 0)
      : null,
    permitBareMultisig: settings.flag("permitbaremultisig", defaults.permitBareMultisig),
    dustRate: rate(settings, "dustrelayfee", defaults.dustRate),
    minRelayRate: Math.max(
      rate(settings, "minrelaytxfee", defaults.minRelayRate),
      settings.isSet("minrelaytxfee") ? 0 : incrementalRate,
    ),
    incrementalRate,
    bytesPerSigop: settings.number("bytespersigop", defaults.bytesPerSigop),
    clusterCount: settings.number("limitclustercount", defaults.clusterCount),
    clusterVsize,
    maxUsage,
    expiry: settings.number("mempoolexpiry", defaults.expiry / HOUR_SECONDS) * HOUR_SECONDS,
  };
}

/** Refuses what bitcoind refuses, in its words. */
function checkLimits(
  settings: Settings,
  network: Network,
  maxUsage: number,
  clusterVsize: number,
): void {
  const least = clusterVsize * USAGE_PER_VBYTE;
  if (maxUsage < 0 || (maxUsage > 0 && maxUsage < least))
    throw new SettingsError(`-maxmempool must be at least ${Math.ceil(least / MEGABYTE)} MB`);
  const { clusterCount } = DEFAULT_MEMPOOL_OPTIONS;
  if (settings.number("limitclustercount", clusterCount) > clusterCount)
    throw new SettingsError(`limitclustercount must be less than or equal to ${clusterCount}`);
  if (!network.isTestChain && settings.flag("acceptnonstdtxn", false))
    throw new SettingsError(`acceptnonstdtxn is not currently supported for ${network.name} chain`);
}

/** A fee rate option: bitcoin a 1000 virtual bytes as text, satoshis as value. */
export function rate(settings: Settings, name: string, fallback: number): number {
  const text = settings.text(name);
  if (text === undefined) return fallback;
  const sats = parseFixedPoint(text, 8);
  if (sats === null || sats < 0n)
    throw new SettingsError(`Invalid amount for -${name}=<amount>: '${text}'`);
  return Number(sats);
}
