import { statfsSync } from "node:fs";

/**
 * File systems that databases have been lost on: those without a journal, or whose locks and syncs go
 * through a network. By the numbers that Linux gives them (statfs(2)).
 */
const RISKY: ReadonlyMap<number, string> = new Map([
  [0x2011bab0, "exFAT"],
  [0x4d44, "FAT"],
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9P"],
]);

/**
 * What to tell the user about the file system under `path`; null when nothing is known against it, as
 * on other systems, which number them otherwise. Core warns of exFAT on macOS (bitcoin/bitcoin#31454).
 */
export function fileSystemWarning(
  path: string,
  type: number = statfsSync(path).type,
  platform: string = process.platform,
): string | null {
  const name = platform === "linux" ? RISKY.get(type >>> 0) : undefined;
  if (name === undefined) return null;
  return `The data directory ${path} is on ${name}, where databases are known to get damaged. Move it to a local disk with a journaling file system.`;
}
