import { renameSync, rmSync, statSync } from "node:fs";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { SqliteFile, SqlValue } from "../storage/sqlite-file.ts";
import type { AddressEntry, AddressStore, Purpose } from "./label-book.ts";
import type { OutputType } from "./output-type.ts";
import { latin1, latin1Bytes } from "./script-key.ts";
import { decodeRecord, encodeRecord } from "./transaction-record.ts";
import { createWalletFile, openWalletFile, StoreError } from "./wallet-file.ts";
import type { TransactionRecord } from "./wallet-transaction.ts";

/** Row of a descriptor. */
export interface DescriptorRow {
  readonly number: number;
  readonly id: string;
  readonly text: string;
  readonly rootText: string;
  readonly secretKeys: readonly string[];
  readonly type: OutputType | null;
  /** Text with secrets: plain, or sealed in an encrypted wallet. */
  readonly secret: Uint8Array | null;
  readonly timestamp: number;
  readonly active: boolean;
  readonly internal: boolean | null;
  readonly rangeStart: number;
  readonly rangeEnd: number;
  readonly nextIndex: number;
}

/** A script that is watched. */
export interface ScriptRow {
  /** Number of its descriptor. */
  readonly descriptor: number;
  readonly index: number;
  readonly script: Uint8Array;
  /** What only the secrets could tell: its descriptor without derivation; null where all can. */
  readonly text: string | null;
}

/** Names in the table of single values. */
export type MetaName =
  | "genesis"
  | "flags"
  | "birthday"
  | "locator"
  | "height"
  | "master"
  | "words"
  | "version"
  | "rescan";

/** The file of a wallet. What a method or a transaction wrote is on disk when it returns. */
export class WalletStore implements AddressStore {
  readonly #file: SqliteFile;
  readonly #path: string;

  private constructor(file: SqliteFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** A new wallet in a file that is not there yet. */
  static create(path: string, genesis: Uint8Array, unsafeSync: boolean): WalletStore {
    const store = new WalletStore(createWalletFile(path, unsafeSync), path);
    store.putMeta("genesis", genesis);
    return store;
  }

  /** @throws StoreError when it is no wallet, torn, in use, newer, or of another chain */
  static open(path: string, genesis: Uint8Array | null, unsafeSync: boolean): WalletStore {
    const file = openWalletFile(path, unsafeSync);
    try {
      const store = new WalletStore(file, path);
      const made = store.meta("genesis");
      if (genesis !== null && (made === null || formatHash(made) !== formatHash(genesis)))
        throw new StoreError(
          "other-chain",
          "Wallet files should not be reused across chains. Restart bitcoind with -walletcrosschain to override.",
        );
      return store;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  transaction<T>(change: () => T): T {
    return this.#file.transaction(change);
  }

  meta(name: MetaName): Uint8Array | null {
    const row = this.#file.all("SELECT value FROM meta WHERE name=?", name)[0];
    return row === undefined ? null : bytes(row[0]);
  }

  putMeta(name: MetaName, value: Uint8Array): void {
    this.#file.run("INSERT OR REPLACE INTO meta VALUES(?,?)", name, value);
  }

  deleteMeta(name: MetaName): void {
    this.#file.run("DELETE FROM meta WHERE name=?", name);
  }

  metaNumber(name: MetaName): number | null {
    const value = this.meta(name);
    return value === null ? null : Number(latin1(value));
  }

  putMetaNumber(name: MetaName, value: number): void {
    this.putMeta(name, latin1Bytes(String(value)));
  }

  descriptors(): DescriptorRow[] {
    return this.#file.all("SELECT * FROM descriptor ORDER BY number").map((row) => ({
      number: row[0] as number,
      id: row[1] as string,
      text: row[2] as string,
      rootText: row[3] as string,
      secretKeys: JSON.parse(row[4] as string) as string[],
      type: row[5] as OutputType | null,
      secret: row[6] === null ? null : bytes(row[6]),
      timestamp: row[7] as number,
      active: row[8] === 1,
      internal: row[9] === null ? null : row[9] === 1,
      rangeStart: row[10] as number,
      rangeEnd: row[11] as number,
      nextIndex: row[12] as number,
    }));
  }

  putDescriptor(row: DescriptorRow): void {
    this.#file.run(
      "INSERT OR REPLACE INTO descriptor VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
      row.number,
      row.id,
      row.text,
      row.rootText,
      JSON.stringify(row.secretKeys),
      row.type,
      row.secret,
      row.timestamp,
      Number(row.active),
      row.internal === null ? null : Number(row.internal),
      row.rangeStart,
      row.rangeEnd,
      row.nextIndex,
    );
  }

  putSecret(number: number, secret: Uint8Array): void {
    this.#file.run("UPDATE descriptor SET secret=? WHERE number=?", secret, number);
  }

  putRange(number: number, start: number, end: number, next: number): void {
    this.#file.run(
      "UPDATE descriptor SET range_start=?, range_end=?, next_index=? WHERE number=?",
      start,
      end,
      next,
      number,
    );
  }

  putActive(number: number, active: boolean, internal: boolean | null): void {
    this.#file.run(
      "UPDATE descriptor SET active=?, internal=? WHERE number=?",
      Number(active),
      internal === null ? null : Number(internal),
      number,
    );
  }

  /** Scripts of all descriptors, those of one index in their order. */
  scripts(): readonly ScriptRow[] {
    return this.#file
      .all("SELECT descriptor, place, script, text FROM script ORDER BY descriptor, place, form")
      .map((row) => ({
        descriptor: row[0] as number,
        index: row[1] as number,
        script: bytes(row[2]),
        text: row[3] as string | null,
      }));
  }

  putScript({ descriptor, index, script, text }: ScriptRow, form: number): void {
    this.#file.run(
      "INSERT OR REPLACE INTO script VALUES(?,?,?,?,?)",
      descriptor,
      index,
      form,
      script,
      text,
    );
  }

  /** In no order. @throws DecodeError on one that is damaged */
  transactions(): TransactionRecord[] {
    return this.#file
      .all("SELECT key, value FROM tx")
      .map(([key, value]) => decodeRecord(bytes(key), bytes(value)));
  }

  putTransaction(record: TransactionRecord): void {
    this.#file.run(
      "INSERT OR REPLACE INTO tx VALUES(?,?)",
      latin1Bytes(record.key),
      encodeRecord(record),
    );
  }

  deleteTransaction(key: string): void {
    this.#file.run("DELETE FROM tx WHERE key=?", latin1Bytes(key));
  }

  addresses(): Map<string, AddressEntry> {
    const entries = new Map<string, AddressEntry>();
    for (const [address, label, purpose, used] of this.#file.all("SELECT * FROM address"))
      entries.set(address as string, {
        label: label as string | null,
        purpose: purpose as Purpose | null,
        isUsed: used === 1,
      });
    return entries;
  }

  putAddress(address: string, { label, purpose, isUsed }: AddressEntry): void {
    this.#file.run(
      "INSERT OR REPLACE INTO address VALUES(?,?,?,?)",
      address,
      label,
      purpose,
      Number(isUsed),
    );
  }

  deleteAddress(address: string): void {
    this.#file.run("DELETE FROM address WHERE address=?", address);
  }

  lockedCoins(): { txid: Uint8Array; index: number }[] {
    return this.#file
      .all("SELECT txid, position FROM locked")
      .map(([txid, index]) => ({ txid: bytes(txid), index: index as number }));
  }

  putLocked(txid: Uint8Array, index: number): void {
    this.#file.run("INSERT OR REPLACE INTO locked VALUES(?,?)", txid, index);
  }

  deleteLocked(txid: Uint8Array, index: number): void {
    this.#file.run("DELETE FROM locked WHERE txid=? AND position=?", txid, index);
  }

  /** A whole copy; what lay at its path before is replaced when the copy is whole. */
  copyTo(path: string): void {
    if (isSameFile(path, this.#path)) throw new Error("a wallet is no backup of itself");
    const part = `${path}.part`;
    rmSync(part, { force: true });
    this.#file.copyTo(part);
    renameSync(part, path);
  }

  /** Leaves nothing in the file of what was overwritten: secrets that are sealed now. */
  rewrite(): void {
    this.#file.rewrite();
  }

  close(): void {
    this.#file.close();
  }
}

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

function bytes(value: SqlValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Error("no bytes in this column");
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
