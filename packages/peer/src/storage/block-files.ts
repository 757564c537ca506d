import type { BlockFileInfo } from "./block-file-info.ts";

/** Where a block or its undo data begins: behind magic and length. */
export interface FilePosition {
  readonly file: number;
  readonly offset: number;
}

/** SKELETON: signatures are final, bodies follow. */
export declare class BlockFiles {
  /** Appends a block; it reaches the disk at the next `flush`. @throws DiskSpaceError */
  appendBlock(raw: Uint8Array, height: number, time: number): FilePosition;
  /** Notes a block that a scan found in the files (-reindex). */
  noteBlock(at: FilePosition, size: number, height: number, time: number): void;
  /** The block's bytes, without what old versions left behind it. @throws DecodeError when no block is there */
  readBlock(at: FilePosition): Promise<Uint8Array>;
  /** Appends undo data to the rev file of the block's file; returns its offset. @throws DiskSpaceError */
  appendUndo(file: number, undo: Uint8Array, prevHash: Uint8Array): number;
  /** @throws DecodeError when the checksum does not match */
  readUndo(at: FilePosition, prevHash: Uint8Array): Promise<Uint8Array>;
  /** Resolves when all that was appended is on the disk (fdatasync). */
  flush(): Promise<void>;
  /** What the files hold, by number. */
  files(): readonly BlockFileInfo[];
  readonly lastFile: number;
  /** Infos that changed since this was called last, for the index. */
  takeChanged(): Map<number, BlockFileInfo>;
  /** Forgets what a file holds and deletes it (pruning): write the index first. */
  remove(file: number): void;
  /** All blocks in a file, by number or path; torn and foreign bytes between them are skipped. Ends at once when it is not there. */
  scan(file: number | string): AsyncIterable<{ at: FilePosition; raw: Uint8Array }>;
  /** True when the blk file is there. */
  has(file: number): boolean;
  /** Used bytes of all files. */
  diskUsage(): number;
  close(): void;
}

export interface BlockFilesOptions {
  /** What the index knows of the files. */
  readonly info?: readonly BlockFileInfo[];
  /** -fastprune: files of 64 KiB. */
  readonly fastPrune?: boolean;
  /** -blocksxor; true when left out. */
  readonly xor?: boolean;
}

export declare function openBlockFiles(
  dir: string,
  magic: Uint8Array,
  options?: BlockFilesOptions,
): BlockFiles;
export declare function memoryBlockFiles(
  magic?: Uint8Array,
  options?: BlockFilesOptions,
): BlockFiles;
