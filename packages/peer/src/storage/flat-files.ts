import * as fs from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { asStorageError, freeBytes } from "./disk-space.ts";
import { readFully } from "./read-fully.ts";

const fdatasync = promisify(fs.fdatasync);

/** A folder of files that are written at any offset. Names are plain file names. */
export interface FlatFiles {
  /** Writes into the page cache; the file is made if needed. */
  write(name: string, at: number, bytes: Uint8Array): void;
  /** Fewer bytes at the end of the file. @throws the system's error when it is not there */
  read(name: string, at: number, length: number): Promise<Uint8Array>;
  /** A small file at once; undefined when it is not there. */
  readSync(name: string, length: number): Uint8Array | undefined;
  /** Cuts the file or fills it up with zeros; it is made if needed. */
  resize(name: string, size: number): void;
  /** -1 when the file is not there. */
  size(name: string): number;
  /** Waits until the disk has what was written. */
  sync(name: string): Promise<void>;
  remove(name: string): void;
  names(): string[];
  /** Full path, for messages. */
  path(name: string): string;
  /** Bytes that may still be written. */
  freeBytes(): number;
  close(): void;
}

/** Opens the folder `dir`, made if needed. */
export function openFlatFiles(dir: string): FlatFiles {
  fs.mkdirSync(dir, { recursive: true });
  return new DiskFiles(dir);
}

/** Keeps files open for writing until they are synced or removed; each read opens its own handle. */
class DiskFiles implements FlatFiles {
  readonly #dir: string;
  readonly #open = new Map<string, number>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  write(name: string, at: number, bytes: Uint8Array): void {
    try {
      const fd = this.#descriptor(name);
      for (let done = 0; done < bytes.length; )
        done += fs.writeSync(fd, bytes, done, bytes.length - done, at + done);
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async read(name: string, at: number, length: number): Promise<Uint8Array> {
    const handle = await open(join(this.#dir, name), "r");
    try {
      return await readFully(handle, at, length);
    } finally {
      await handle.close();
    }
  }

  readSync(name: string, length: number): Uint8Array | undefined {
    if (this.size(name) < 0) return undefined;
    return new Uint8Array(fs.readFileSync(join(this.#dir, name)).subarray(0, length));
  }

  resize(name: string, size: number): void {
    try {
      fs.ftruncateSync(this.#descriptor(name), size);
    } catch (error) {
      throw asStorageError(error);
    }
  }

  size(name: string): number {
    return fs.statSync(join(this.#dir, name), { throwIfNoEntry: false })?.size ?? -1;
  }

  async sync(name: string): Promise<void> {
    const fd = this.#open.get(name);
    if (fd === undefined) return;
    this.#open.delete(name); // a write during the sync opens another descriptor
    try {
      await fdatasync(fd);
    } finally {
      fs.closeSync(fd);
    }
    await this.#syncFolder();
  }

  remove(name: string): void {
    this.#close(name);
    fs.rmSync(join(this.#dir, name), { force: true });
  }

  names(): string[] {
    return fs.readdirSync(this.#dir);
  }

  path(name: string): string {
    return join(this.#dir, name);
  }

  freeBytes(): number {
    return freeBytes(this.#dir);
  }

  close(): void {
    for (const name of [...this.#open.keys()]) this.#close(name);
  }

  #close(name: string): void {
    const fd = this.#open.get(name);
    if (fd === undefined) return;
    this.#open.delete(name);
    fs.closeSync(fd);
  }

  /** A new file's name is on the disk only when its folder is. Core: DirectoryCommit. */
  async #syncFolder(): Promise<void> {
    if (process.platform === "win32") return;
    const folder = await open(this.#dir, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  #descriptor(name: string): number {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const fd = fs.openSync(
      join(this.#dir, name),
      fs.constants.O_RDWR | fs.constants.O_CREAT,
      0o666,
    );
    this.#open.set(name, fd);
    return fd;
  }
}

/** Files that live as long as the process. */
export function memoryFlatFiles(): FlatFiles {
  return new MemoryFiles();
}

/** Room that was set aside takes memory only when it is written: behind the bytes are zeros. */
interface MemoryFile {
  bytes: Uint8Array;
  size: number;
}

class MemoryFiles implements FlatFiles {
  readonly #files = new Map<string, MemoryFile>();

  write(name: string, at: number, bytes: Uint8Array): void {
    const end = at + bytes.length;
    const file = this.#file(name);
    if (end > file.bytes.length) {
      const larger = new Uint8Array(Math.max(end, file.bytes.length * 2));
      larger.set(file.bytes);
      file.bytes = larger;
    }
    file.bytes.set(bytes, at);
    if (end > file.size) file.size = end;
  }

  async read(name: string, at: number, length: number): Promise<Uint8Array> {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`no file ${name}`);
    return slice(file, at, Math.max(at, Math.min(at + length, file.size)));
  }

  readSync(name: string, length: number): Uint8Array | undefined {
    const file = this.#files.get(name);
    return file && slice(file, 0, Math.min(length, file.size));
  }

  resize(name: string, size: number): void {
    const file = this.#file(name);
    file.bytes.fill(0, Math.min(size, file.bytes.length));
    file.size = size;
  }

  size(name: string): number {
    return this.#files.get(name)?.size ?? -1;
  }

  async sync(): Promise<void> {}

  remove(name: string): void {
    this.#files.delete(name);
  }

  names(): string[] {
    return [...this.#files.keys()];
  }

  path(name: string): string {
    return name;
  }

  freeBytes(): number {
    return Number.POSITIVE_INFINITY;
  }

  close(): void {}

  #file(name: string): MemoryFile {
    const file = this.#files.get(name) ?? { bytes: new Uint8Array(0), size: 0 };
    this.#files.set(name, file);
    return file;
  }
}

function slice({ bytes }: MemoryFile, start: number, end: number): Uint8Array {
  const part = new Uint8Array(end - start);
  part.set(bytes.subarray(start, end));
  return part;
}
