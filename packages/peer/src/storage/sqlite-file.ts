import { createRequire } from "node:module";
import type Database from "libsql";

/** A value of a row. Bytes come back as views of memory of their own. */
export type SqlValue = string | number | Uint8Array | null;

export interface SqliteOptions {
  /** Makes the file when it is not there. */
  readonly create: boolean;
  /** Nobody waits for the disk: for tests. */
  readonly unsafeSync?: boolean;
}

type Statement = ReturnType<InstanceType<typeof Database>["prepare"]>;

/**
 * One SQLite file, open for this process alone. What a call or a transaction wrote is on disk when it
 * returns. Opening one writes nothing into it.
 *
 * Rows are read as arrays, and only columns of tables are selected: libsql 0.5 ends the process on
 * a blob that comes out of an expression.
 */
export class SqliteFile {
  readonly #database: InstanceType<typeof Database>;
  readonly #statements = new Map<string, Statement>();
  #isOpen = true;
  #hasLog = false;
  #depth = 0;

  /** @throws Error with SQLite's code, SQLITE_BUSY when somebody else has the file open */
  constructor(path: string, { create, unsafeSync = false }: SqliteOptions) {
    // Loaded by the first file: a daemon without wallets starts sooner.
    const Libsql = createRequire(import.meta.url)("libsql") as typeof Database;
    this.#database = new Libsql(path, { fileMustExist: !create });
    try {
      this.#database.exec("PRAGMA locking_mode=EXCLUSIVE");
      this.#database.exec("PRAGMA secure_delete=ON");
      this.#database.exec(`PRAGMA synchronous=${unsafeSync ? "OFF" : "FULL"}`);
      // The lock is taken with the first transaction, and then kept.
      this.#database.exec("BEGIN EXCLUSIVE; COMMIT");
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** To be called once before the first write: a log is quicker than a rollback journal. */
  startLog(): void {
    this.#database.exec("PRAGMA journal_mode=WAL");
    this.#hasLog = true;
  }

  /** Runs statements that return nothing. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  run(sql: string, ...values: readonly SqlValue[]): void {
    this.#prepare(sql).run([...values] as never);
  }

  all(sql: string, ...values: readonly SqlValue[]): SqlValue[][] {
    return this.#prepare(sql)
      .raw()
      .all([...values] as never) as SqlValue[][];
  }

  /** The whole number that a pragma stands at. */
  pragma(name: string): number {
    const rows = this.#database.pragma(name) as readonly Readonly<Record<string, unknown>>[];
    return Number(rows[0]?.[name] ?? 0);
  }

  /** Null when every page and index of the file is sound, else what is wrong. */
  fault(): string | null {
    const rows = this.#database.pragma("quick_check") as readonly { quick_check: string }[];
    const first = rows[0]?.quick_check ?? "no answer";
    return first === "ok" ? null : first;
  }

  /** All writes of `change` or none; a transaction inside of another is part of it. */
  transaction<T>(change: () => T): T {
    if (this.#depth > 0) return change();
    this.#database.exec("BEGIN IMMEDIATE");
    this.#depth++;
    try {
      const result = change();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** Writes a whole copy to a file that is not there yet. */
  copyTo(path: string): void {
    this.#database.exec(`VACUUM INTO '${path.replaceAll("'", "''")}'`);
  }

  /** Rewrites the file, so that nothing is left of what was deleted. */
  rewrite(): void {
    this.#database.exec("VACUUM");
    this.#database.pragma("wal_checkpoint(TRUNCATE)");
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#statements.clear();
    // libsql keeps the file open until its statements are collected, so the lock is given back by hand.
    if (this.#hasLog) this.#database.exec("PRAGMA journal_mode=DELETE");
    this.#database.exec("PRAGMA locking_mode=NORMAL");
    this.#database.prepare("SELECT count(*) FROM sqlite_schema").get();
    this.#database.close();
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
