import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLIENT_NAME } from "./help.ts";

/**
 * The right to use a directory, which no other process and no other peer of this process has.
 *
 * Node cannot take the lock that bitcoind takes on the file `.lock` (fcntl), so there are two parts.
 * Among ourselves it is a socket named after that file: the system gives a name to one at a time and
 * takes it back however the process ends. A bitcoind that is there already is seen in the kernel's
 * list of locks. A bitcoind that comes later is stopped by LevelDB's own locks, which both of us hold.
 *
 * Limits: processes in different network namespaces do not see each other's sockets, and systems
 * without /proc do not tell of bitcoind. There, LevelDB's locks are what remains.
 */
export class DatadirLock {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  release(): Promise<void> {
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }
}

/** @throws Error in Core's words when another program uses `directory` */
export async function lockDirectory(directory: string): Promise<DatadirLock> {
  const path = join(realpathSync(directory), ".lock");
  const isNew = touch(path, directory);
  const server = !isNew && (await isLockedByOther(path)) ? null : await claim(socketName(path));
  if (server === null)
    throw new Error(
      `Cannot obtain a lock on directory ${directory}. ${CLIENT_NAME} is probably already running.`,
    );
  server.unref();
  return new DatadirLock(server);
}

/** True when the file was not there: then nobody else has locked it. */
function touch(path: string, directory: string): boolean {
  try {
    const isNew = !existsSync(path);
    closeSync(openSync(path, isNew ? "ax" : "a", 0o600));
    return isNew;
  } catch (cause) {
    throw new Error(`Cannot write to directory '${directory}'; check permissions.`, { cause });
  }
}

/** On Linux a name outside the file system, which ends with its socket; elsewhere a file. */
function socketName(path: string): string {
  const { dev, ino } = statSync(path);
  const id = createHash("sha256").update(`${dev}:${ino}`).digest("hex").slice(0, 32);
  return process.platform === "linux" ? `\0compeer-${id}` : join(tmpdir(), `compeer-${id}.sock`);
}

/** A socket of that name, or null when somebody has it. */
async function claim(name: string): Promise<Server | null> {
  const server = await listen(name);
  if (server !== null || name.startsWith("\0") || (await answers(name))) return server;
  rmSync(name, { force: true }); // left behind by a process that was killed
  return listen(name);
}

function listen(name: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });
}

function answers(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/**
 * Whether /proc/locks lists a lock on this file. Its lines: `1: POSIX ADVISORY WRITE 123 08:01:456 0 EOF`.
 * The kernel takes some ten milliseconds to write them.
 */
async function isLockedByOther(path: string): Promise<boolean> {
  const { ino } = statSync(path);
  const locks = await readFile("/proc/locks", "utf8").catch(() => "");
  return locks
    .split("\n")
    .map((line) => line.split(/\s+/))
    .some(([, kind, , , pid = "", file = ""]) => {
      return kind !== "LEASE" && file.endsWith(`:${ino}`) && hasOpen(pid, path);
    });
}

/** Inode numbers repeat between disks, so ask whether the process has this very file open. */
function hasOpen(pid: string, path: string): boolean {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).some((name) => linkTarget(join(directory, name)) === path);
  } catch {
    return true; // a process that we may not look into: believe the number
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
