/** Areas whose debug lines can be switched on. Core: LOG_CATEGORIES_BY_STR; "files" to "energy" are ours. */
export const LOG_CATEGORIES = [
  "addrman",
  "bench",
  "blockstorage",
  "cmpctblock",
  "coindb",
  "energy",
  "estimatefee",
  "files",
  "http",
  "i2p",
  "ipc",
  "kernel",
  "leveldb",
  "libevent",
  "mempool",
  "mempoolrej",
  "net",
  "proxy",
  "prune",
  "qt",
  "rand",
  "reindex",
  "rpc",
  "runes",
  "scan",
  "selectcoins",
  "swap",
  "tor",
  "txpackages",
  "txreconciliation",
  "validation",
  "walletdb",
  "zmq",
] as const;

export type LogCategory = (typeof LOG_CATEGORIES)[number];

/** How much of a category is written: each level with those above it. */
export type LogLevel = "trace" | "debug" | "info";

/** True for the name of a category. */
export function isLogCategory(name: string): name is LogCategory {
  return (LOG_CATEGORIES as readonly string[]).includes(name);
}
