import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";

/** Name of the file in a wallet's folder, as bitcoind has it; what is in it is another form. */
export const WALLET_FILE = "wallet.dat";

const SQLITE_MAGIC = "SQLite format 3\0";
const BDB_MAGICS = [0x00053162, 0x62310500];
/** Folders below the wallet directory that are looked through. */
const MAX_DEPTH = 8;

/** What lies at the path of a wallet. */
export type WalletPathKind = "nothing" | "empty" | "sqlite" | "bdb" | "invalid";

/** The folder that a wallet's name means: below the wallet directory, or anywhere. */
export function walletPath(directory: string, name: string): string {
  return resolve(directory, name);
}

/** Core: GetWalletPath, MakeDatabase. */
export function walletPathKind(directory: string, name: string): WalletPathKind {
  const path = walletPath(directory, name);
  const entry = entryAt(path);
  if (entry === undefined) return "nothing";
  if (entry.isFile()) {
    if (name !== basename(name)) return "invalid";
    return isBdb(path) ? "bdb" : "empty";
  }
  const isFolder =
    entry.isDirectory() ||
    (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
  if (!isFolder) return "invalid";
  return fileKind(join(path, WALLET_FILE));
}

function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // behind a file, or where we may not look: whoever makes it will be told
  }
}

function fileKind(file: string): WalletPathKind {
  if (isSqlite(file)) return "sqlite";
  return isBdb(file) ? "bdb" : "empty";
}

/**
 * Names of the wallets below a directory. Folders behind links are looked into, not walked through.
 * Core: ListDatabases.
 *
 * @param warn told of what cannot be looked at
 */
export function listWalletNames(
  directory: string,
  warn: (text: string) => void,
): readonly { readonly name: string; readonly isLegacy: boolean }[] {
  const found: { name: string; isLegacy: boolean }[] = [];
  visit({ directory, name: "", depth: 0 }, warn, found);
  return found;
}

interface Place {
  readonly directory: string;
  readonly name: string;
  readonly depth: number;
}

function visit(
  { directory, name, depth }: Place,
  warn: (text: string) => void,
  found: { name: string; isLegacy: boolean }[],
): void {
  try {
    look(directory, name, found);
    if (depth > 0 && lstatSync(directory).isSymbolicLink()) return;
    if (depth === MAX_DEPTH) return;
    for (const entry of readdirSync(directory)) {
      const below = join(directory, entry);
      if (statSync(below, { throwIfNoEntry: false })?.isDirectory())
        visit({ directory: below, name: join(name, entry), depth: depth + 1 }, warn, found);
    }
  } catch (error) {
    const text = `${(error as Error).message} [${directory}]`;
    if (depth === 0) warn(`Error scanning directory entries under ${text}`);
    else warn(`Error while scanning wallet dir item: ${text}.`);
  }
}

function look(directory: string, name: string, found: { name: string; isLegacy: boolean }[]): void {
  const file = join(directory, WALLET_FILE);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return; // a loop of links throws
  const kind = fileKind(file);
  if (kind === "sqlite" || kind === "bdb") found.push({ name, isLegacy: kind === "bdb" });
}

function isSqlite(path: string): boolean {
  return headOf(path).toString("latin1", 0, 16) === SQLITE_MAGIC;
}

/** Whether it is the file of a legacy wallet (Berkeley DB). Core: IsBDBFile. */
function isBdb(path: string): boolean {
  if (!existsSync(path) || statSync(path).size < 4096) return false;
  const head = headOf(path);
  return head.length >= 16 && BDB_MAGICS.includes(head.readUInt32LE(12));
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(16);
  try {
    if (!statSync(path).isFile()) return Buffer.alloc(0);
    const handle = openSync(path, "r");
    try {
      return head.subarray(0, readSync(handle, head, 0, 16, 0));
    } finally {
      closeSync(handle);
    }
  } catch {
    return Buffer.alloc(0);
  }
}
