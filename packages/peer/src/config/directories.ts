import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Chain } from "@compeer/protocol/rpc/settings/merge-settings";

/** The folder of each chain below the data directory. */
export const CHAIN_DIRECTORIES: Readonly<Record<Chain, string>> = {
  main: "",
  test: "testnet3",
  testnet4: "testnet4",
  signet: "signet",
  regtest: "regtest",
};

/** The chain's directory; `wallets` is made with it, and only with it. */
export function makeDirectories(base: string, chainName: string): string {
  const path = join(base, chainName);
  for (const directory of new Set([base, path]))
    if (!existsSync(directory))
      mkdirSync(join(directory, "wallets"), { recursive: true, mode: 0o700 });
  return path;
}

/** True for a directory, also behind a link. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The text of a file; null when it cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
