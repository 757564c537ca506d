import type { Network } from "@compeer/protocol/bitcoin/network";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { isHex } from "@compeer/protocol/bytes/hex";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { ChainOptions, PruneMode } from "../chain/chain-parts.ts";
import type { Settings } from "../config/settings.ts";

const MIB = 1 << 20;
/** Core: DEFAULT_DB_CACHE and MIN_DB_CACHE, in MiB. */
const DEFAULT_DB_CACHE = 450;
const MIN_DB_CACHE = 4;
/** What the two databases take of it, at most, in MiB. Core: node/caches.cpp. */
const MAX_INDEX_CACHE = 2;
const MAX_COINS_DB_CACHE = 8;
/** Core: MIN_DISK_SPACE_FOR_BLOCK_FILES. */
const MIN_PRUNE = 550;
const DAY_SECONDS = 24 * 60 * 60;

/** How -dbcache is shared out, in bytes. */
export interface CacheSizes {
  readonly index: number;
  readonly coinsDb: number;
  readonly coins: number;
}

export function cacheSizes(settings: Settings): CacheSizes {
  const total = Math.max(settings.number("dbcache", DEFAULT_DB_CACHE), MIN_DB_CACHE) * MIB;
  const index = Math.min(total / 8, MAX_INDEX_CACHE * MIB);
  const coinsDb = Math.min((total - index) / 2, MAX_COINS_DB_CACHE * MIB);
  return { index, coinsDb, coins: total - index - coinsDb };
}

/** @throws SettingsError in Core's words */
export function chainOptions(settings: Settings, network: Network): ChainOptions {
  return {
    cacheBytes: cacheSizes(settings).coins,
    scriptThreads: settings.number("par", 0),
    prune: pruneMode(settings),
    assumeValid: assumedValid(settings, network),
    minimumChainWork: minimumWork(settings) ?? network.minimumChainWork,
    maxTipAge: settings.number("maxtipage", DAY_SECONDS),
    stopAtHeight: settings.number("stopatheight", 0),
    reindex: settings.flag("reindex"),
  };
}

/** @throws SettingsError on a target that is negative or too small */
export function pruneMode(settings: Settings): PruneMode {
  const target = settings.number("prune", 0);
  if (target < 0) throw new SettingsError("Prune cannot be configured with a negative value.");
  if (target === 0) return "off";
  if (target === 1) return "manual";
  const least = settings.flag("fastprune") ? 1 : MIN_PRUNE;
  if (target < least)
    throw new SettingsError(
      `Prune configured below the minimum of ${MIN_PRUNE} MiB.  Please use a higher number.`,
    );
  return target * MIB;
}

function assumedValid(settings: Settings, network: Network): Uint8Array | null {
  const text = settings.text("assumevalid");
  if (text === undefined) return network.assumeValid;
  const hex = text.replace(/^0x/, "");
  if (hex.length > 64 || (hex !== "0" && hex !== "" && !/^[0-9a-fA-F]+$/.test(hex)))
    throw new SettingsError(
      `Invalid assumevalid block hash specified (${text}), must be up to 64 hex digits (or 0 to disable)`,
    );
  const hash = parseHash(hex.padStart(64, "0"));
  return hash.every((byte) => byte === 0) ? null : hash;
}

function minimumWork(settings: Settings): bigint | undefined {
  const text = settings.text("minimumchainwork");
  if (text === undefined) return undefined;
  const hex = text.replace(/^0x/, "");
  if (hex.length > 64 || !isHex(hex.padStart(64, "0")))
    throw new SettingsError(
      `Invalid minimum work specified (${text}), must be up to 64 hex digits`,
    );
  return BigInt(`0x${hex.padStart(1, "0")}`);
}
