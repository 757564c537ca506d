import { statfsSync } from "node:fs";

/** What must stay free. Core: CheckDiskSpace in src/util/fs_helpers.cpp. */
const RESERVE = 50 * 1024 * 1024;

/** The disk is so full that nothing more is written, so that the node can stop in good order. */
export class DiskSpaceError extends Error {
  override readonly name = "DiskSpaceError";

  constructor(options?: ErrorOptions) {
    super("Disk space is too low!", options);
  }
}

/** Bytes that this user may still write on the disk that holds `path`. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** @throws DiskSpaceError unless `free` has room for `bytes` more and the reserve of 50 MiB */
export function ensureDiskSpace(free: number, bytes: number): void {
  if (free < RESERVE + bytes) throw new DiskSpaceError();
}

/** Passes an error on; the system's "no space left" becomes a DiskSpaceError. */
export function asStorageError(error: unknown): unknown {
  const full = error instanceof Error && "code" in error && error.code === "ENOSPC";
  return full ? new DiskSpaceError({ cause: error }) : error;
}
