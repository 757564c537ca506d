import { SqliteFile } from "../storage/sqlite-file.ts";

/** "cmpr" in ASCII: how a wallet of ours is told from any other SQLite file. */
const APPLICATION_ID = 0x636d7072;
/** Grows when an older program could not read the file rightly any more. */
const FORMAT_VERSION = 1;

const SCHEMA = `
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE descriptor(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL, root TEXT NOT NULL,
  secret_keys TEXT NOT NULL, type TEXT, secret BLOB,
  timestamp INTEGER NOT NULL, active INTEGER NOT NULL, internal INTEGER,
  range_start INTEGER NOT NULL, range_end INTEGER NOT NULL, next_index INTEGER NOT NULL) STRICT;
CREATE TABLE script(
  descriptor INTEGER NOT NULL, place INTEGER NOT NULL, form INTEGER NOT NULL, script BLOB NOT NULL, text TEXT,
  PRIMARY KEY(descriptor, place, form)) STRICT, WITHOUT ROWID;
CREATE TABLE tx(key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE address(
  address TEXT PRIMARY KEY, label TEXT, purpose TEXT, used INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE locked(txid BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY(txid, position))
  STRICT, WITHOUT ROWID;
`;

/** Why a file is not opened as a wallet. */
export type StoreFault = "not-a-wallet" | "newer" | "in-use" | "damaged" | "other-chain";

export class StoreError extends Error {
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Makes the file of a new wallet, which must not be there yet. */
export function createWalletFile(path: string, unsafeSync: boolean): SqliteFile {
  const file = new SqliteFile(path, { create: true, unsafeSync });
  file.startLog();
  file.transaction(() => {
    file.exec(`PRAGMA application_id=${APPLICATION_ID}`);
    file.exec(`PRAGMA user_version=${FORMAT_VERSION}`);
    file.exec(SCHEMA);
  });
  return file;
}

/** @throws StoreError when it is no wallet, torn, in use or newer */
export function openWalletFile(path: string, unsafeSync: boolean): SqliteFile {
  const file = openFile(path, unsafeSync);
  try {
    checkFile(file, path);
    file.startLog();
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function openFile(path: string, unsafeSync: boolean): SqliteFile {
  try {
    return new SqliteFile(path, { create: false, unsafeSync });
  } catch (cause) {
    const { code = "" } = cause as { code?: string };
    if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
      throw new StoreError(
        "in-use",
        "SQLiteDatabase: Unable to obtain an exclusive lock on the database, is it being used by another instance of Compeer?",
        { cause },
      );
    throw damaged(path, (cause as Error).message, { cause });
  }
}

function checkFile(file: SqliteFile, path: string): void {
  let fault: string | null;
  try {
    if (file.pragma("application_id") !== APPLICATION_ID)
      throw new StoreError(
        "not-a-wallet",
        `The file ${path} is not a wallet of compeer. One of bitcoind is taken over with its listdescriptors true and importdescriptors here.`,
      );
    const version = file.pragma("user_version");
    if (version > FORMAT_VERSION)
      throw new StoreError(
        "newer",
        `The wallet ${path} was written by a newer version of compeer (format ${version}, this one reads up to ${FORMAT_VERSION}). Open it with that version.`,
      );
    fault = file.fault();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw damaged(path, (cause as Error).message, { cause });
  }
  if (fault !== null) throw damaged(path, fault);
}

function damaged(path: string, detail: string, options?: ErrorOptions): StoreError {
  return new StoreError(
    "damaged",
    `The wallet ${path} is damaged (${detail}). Nothing was changed; restore it from a backup with restorewallet.`,
    options,
  );
}
