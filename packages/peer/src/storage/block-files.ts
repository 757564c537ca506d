import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { MAX_SIZE, readU32 } from "@compeer/protocol/bytes/reader";
import { writeU32 } from "@compeer/protocol/bytes/writer";
import { Sha256, sha256 } from "@compeer/protocol/crypto/sha256";
import { type BlockFileInfo, EMPTY_FILE_INFO, withBlock } from "./block-file-info.ts";
import { blockName, undoName, unusableNames } from "./block-file-names.ts";
import { blockLength, FRAME_SIZE, scanBlocks, scanFile } from "./block-scan.ts";
import { ensureDiskSpace } from "./disk-space.ts";
import { type FlatFiles, memoryFlatFiles, openFlatFiles } from "./flat-files.ts";
import { obfuscate } from "./obfuscation.ts";
import { loadXorKey } from "./xor-key.ts";

/** Core: BLOCKFILE_CHUNK_SIZE, UNDOFILE_CHUNK_SIZE and MAX_BLOCKFILE_SIZE in src/node/blockstorage.h. */
const BLOCK_CHUNK = 16 << 20;
const UNDO_CHUNK = 1 << 20;
const MAX_FILE = 128 << 20;
/** The same with -fastprune. */
const FAST_BLOCK_CHUNK = 16 << 10;
const FAST_MAX_FILE = 64 << 10;
const CHECKSUM_SIZE = 32;

/** Where a block or its undo data begins: behind magic and length. */
export interface FilePosition {
  readonly file: number;
  readonly offset: number;
}

/** A block that a scan found. */
export interface ScannedBlock {
  /** For a file outside of the folder, `file` is -1. */
  readonly at: FilePosition;
  readonly raw: Uint8Array;
}

export interface BlockFilesOptions {
  /** What the index knows of the files, by number. */
  readonly info?: readonly BlockFileInfo[];
  /** -fastprune: files of 64 KiB. */
  readonly fastPrune?: boolean;
  /** -blocksxor; true when left out. */
  readonly xor?: boolean;
}

/**
 * Opens the block files in `dir`, made if needed.
 *
 * @throws Error when `xor` is off but the files are obfuscated
 */
export function openBlockFiles(
  dir: string,
  magic: Uint8Array,
  options: BlockFilesOptions = {},
): BlockFiles {
  return new BlockFiles(openFlatFiles(dir), magic, options);
}

/** Block files that live as long as the process. */
export function memoryBlockFiles(
  magic: Uint8Array = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
  options: BlockFilesOptions = {},
): BlockFiles {
  return new BlockFiles(memoryFlatFiles(), magic, options);
}

/**
 * The blk and rev files: blocks in the order they came, and what undoes them in the rev file of the
 * same number. Appends go to the page cache at once; reads are asynchronous. Core: BlockManager in
 * src/node/blockstorage.cpp.
 */
export class BlockFiles {
  readonly #files: FlatFiles;
  readonly #magic: Uint8Array;
  readonly #key: Uint8Array;
  readonly #fastPrune: boolean;
  readonly #info: BlockFileInfo[];
  readonly #changed = new Set<number>();
  /** Files with appended bytes that no flush has seen. */
  readonly #unsynced = new Set<number>();
  #lastFile: number;

  constructor(files: FlatFiles, magic: Uint8Array, options: BlockFilesOptions) {
    this.#files = files;
    this.#magic = magic;
    this.#key = loadXorKey(files, options.xor ?? true);
    this.#fastPrune = options.fastPrune ?? false;
    this.#info = [...(options.info ?? [])];
    this.#lastFile = Math.max(0, this.#info.length - 1);
  }

  /** Number of the file that takes the next block, if it has room. */
  get lastFile(): number {
    return this.#lastFile;
  }

  /** What the files hold, by number. */
  files(): readonly BlockFileInfo[] {
    return this.#info;
  }

  /** Appends a block; it reaches the disk with the next `flush`. @throws DiskSpaceError before anything is written */
  appendBlock(raw: Uint8Array, height: number, time: number): FilePosition {
    const size = FRAME_SIZE + raw.length;
    const file = this.#fileFor(size);
    const info = this.#infoOf(file);
    const name = blockName(file);
    this.#reserve(name, info.size, size, this.#fastPrune ? FAST_BLOCK_CHUNK : BLOCK_CHUNK);
    if (file !== this.#lastFile) this.#leaveFile(file);
    const record = new Uint8Array(size);
    this.#putFrame(record, raw.length);
    record.set(raw, FRAME_SIZE);
    this.#write(name, info.size, record);
    this.#change(file, { ...withBlock(info, height, time), size: info.size + size });
    return { file, offset: info.size + FRAME_SIZE };
  }

  /** Notes a block that a scan found in the folder (-reindex). Core: BlockManager::UpdateBlockInfo. */
  noteBlock(at: FilePosition, length: number, height: number, time: number): void {
    const info = this.#infoOf(at.file);
    if (at.file > this.#lastFile) this.#lastFile = at.file;
    const size = Math.max(info.size, at.offset + length);
    this.#info[at.file] = { ...withBlock(info, height, time), size };
    this.#changed.add(at.file);
  }

  /**
   * The block at a position, without what old versions wrote behind it.
   *
   * @throws DecodeError when there is no block; the caller checks its hash
   */
  async readBlock(at: FilePosition): Promise<Uint8Array> {
    const bytes = await this.#readRecord(blockName(at.file), at.offset, 0);
    return bytes.subarray(0, blockLength(bytes));
  }

  /** Appends undo data to the rev file `file`; returns its offset. @throws DiskSpaceError before anything is written */
  appendUndo(file: number, undo: Uint8Array, prevHash: Uint8Array): number {
    const info = this.#infoOf(file);
    const size = FRAME_SIZE + undo.length + CHECKSUM_SIZE;
    const name = undoName(file);
    this.#reserve(name, info.undoSize, size, UNDO_CHUNK);
    const record = new Uint8Array(size);
    this.#putFrame(record, undo.length);
    record.set(undo, FRAME_SIZE);
    record.set(undoChecksum(undo, prevHash), FRAME_SIZE + undo.length);
    this.#write(name, info.undoSize, record);
    this.#change(file, { ...info, undoSize: info.undoSize + size });
    return info.undoSize + FRAME_SIZE;
  }

  /** @throws DecodeError when there is no undo data or its checksum is wrong */
  async readUndo(at: FilePosition, prevHash: Uint8Array): Promise<Uint8Array> {
    const record = await this.#readRecord(undoName(at.file), at.offset, CHECKSUM_SIZE);
    const undo = record.subarray(0, record.length - CHECKSUM_SIZE);
    if (!equalBytes(undoChecksum(undo, prevHash), record.subarray(undo.length)))
      throw new DecodeError(
        `checksum mismatch of the undo data at ${at.offset} of file ${at.file}`,
      );
    return undo;
  }

  /** Resolves when the disk has all that was appended. */
  async flush(): Promise<void> {
    const files = [...this.#unsynced];
    this.#unsynced.clear();
    try {
      for (const file of files) {
        if (file !== this.#lastFile) this.#trimUndo(file);
        await this.#files.sync(blockName(file));
        await this.#files.sync(undoName(file));
      }
    } catch (error) {
      for (const file of files) this.#unsynced.add(file);
      throw error;
    }
  }

  /** The infos that changed since the last call: what the index must be told. */
  takeChanged(): Map<number, BlockFileInfo> {
    const changed = new Map<number, BlockFileInfo>();
    for (const file of this.#changed) changed.set(file, this.#infoOf(file));
    this.#changed.clear();
    return changed;
  }

  /** Forgets what a file holds (pruning). Write the index, then `deleteFile`. Core: PruneOneBlockFile. */
  forget(file: number): void {
    this.#info[file] = EMPTY_FILE_INFO;
    this.#changed.add(file);
    this.#unsynced.delete(file);
  }

  /** Deletes a blk file and its rev file, if they are there. Core: UnlinkPrunedFiles. */
  deleteFile(file: number): void {
    this.#files.remove(blockName(file));
    this.#files.remove(undoName(file));
  }

  /** True when the blk file is there. */
  has(file: number): boolean {
    return this.#files.size(blockName(file)) >= 0;
  }

  /** Deletes all rev files and every blk file behind a gap in the numbers (-reindex of a pruned node). Core: CleanupBlockRevFiles. */
  deleteUnusable(): void {
    for (const name of unusableNames(this.#files.names())) this.#files.remove(name);
  }

  /**
   * All blocks in one of the files or, as plain bytes, in any other file (-loadblock). Torn and
   * foreign bytes between them are skipped.
   */
  async *scan(file: number | string): AsyncIterable<ScannedBlock> {
    const found =
      typeof file === "string"
        ? scanFile(file, this.#magic)
        : scanBlocks((at, length) => this.#read(blockName(file), at, length), this.#magic);
    const number = typeof file === "string" ? -1 : file;
    for await (const { offset, raw } of found) yield { at: { file: number, offset }, raw };
  }

  /** Used bytes of all files. Core: CalculateCurrentUsage. */
  diskUsage(): number {
    let bytes = 0;
    for (const info of this.#info) bytes += info.size + info.undoSize;
    return bytes;
  }

  close(): void {
    this.#files.close();
  }

  /** The file that a record of `size` bytes goes to. Core: FindNextBlockPos. */
  #fileFor(size: number): number {
    const most = this.#fastPrune ? Math.max(FAST_MAX_FILE, size + 1) : MAX_FILE;
    let file = this.#lastFile;
    while (this.#infoOf(file).size + size >= most) file = Math.max(file + 1, this.#info.length);
    return file;
  }

  /** Lets go of what was set aside behind the last block of the file, and goes on to another. */
  #leaveFile(next: number): void {
    const left = this.#lastFile;
    this.#lastFile = next;
    const size = this.#infoOf(left).size;
    if (this.#files.size(blockName(left)) > size) this.#files.resize(blockName(left), size);
    this.#unsynced.add(left);
  }

  #trimUndo(file: number): void {
    const size = this.#infoOf(file).undoSize;
    if (this.#files.size(undoName(file)) > size) this.#files.resize(undoName(file), size);
  }

  /**
   * Makes the file longer in large steps, so that it is laid out in one piece and a full disk is
   * noticed early. Node has no posix_fallocate: the new part is a hole until it is written.
   */
  #reserve(name: string, used: number, size: number, chunk: number): void {
    const chunks = Math.ceil((used + size) / chunk);
    if (chunks <= Math.ceil(used / chunk)) return;
    ensureDiskSpace(this.#files.freeBytes(), chunks * chunk - used);
    if (this.#files.size(name) < chunks * chunk) this.#files.resize(name, chunks * chunk);
  }

  #putFrame(record: Uint8Array, length: number): void {
    record.set(this.#magic);
    writeU32(record, 4, length);
  }

  #write(name: string, at: number, record: Uint8Array): void {
    obfuscate(record, this.#key, at);
    this.#files.write(name, at, record);
  }

  async #read(name: string, at: number, length: number): Promise<Uint8Array> {
    const bytes = await this.#files.read(name, at, length);
    obfuscate(bytes, this.#key, at);
    return bytes;
  }

  /** The record that begins behind its frame at `offset`, with `extra` bytes that its length does not count. */
  async #readRecord(name: string, offset: number, extra: number): Promise<Uint8Array> {
    if (offset < FRAME_SIZE) throw new DecodeError(`no record at ${offset} of ${name}`);
    const frame = await this.#read(name, offset - FRAME_SIZE, FRAME_SIZE);
    if (frame.length < FRAME_SIZE || !equalBytes(frame.subarray(0, 4), this.#magic))
      throw new DecodeError(`no magic before ${offset} of ${name}`);
    const length = readU32(frame, 4);
    if (length > MAX_SIZE) throw new DecodeError(`record at ${offset} of ${name} too large`);
    const bytes = await this.#read(name, offset, length + extra);
    if (bytes.length < length + extra) throw new DecodeError(`${name} ends within a record`);
    return bytes;
  }

  #infoOf(file: number): BlockFileInfo {
    while (this.#info.length <= file) this.#info.push(EMPTY_FILE_INFO);
    return this.#info[file] as BlockFileInfo;
  }

  #change(file: number, info: BlockFileInfo): void {
    this.#info[file] = info;
    this.#changed.add(file);
    this.#unsynced.add(file);
  }
}

/** Double SHA-256 of the parent's hash and the undo data. Core: WriteBlockUndo. */
function undoChecksum(undo: Uint8Array, prevHash: Uint8Array): Uint8Array {
  return sha256(new Sha256().update(prevHash).update(undo).digest());
}
