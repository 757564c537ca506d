import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { NetLog } from "../net-parts.ts";
import { Placement } from "./address-entry.ts";
import {
  AddressFileError,
  decodeAnchors,
  encodeAnchors,
  openFile,
  randomKey,
  sealFile,
} from "./address-file.ts";
import { AddressTables } from "./address-tables.ts";
import type { NetGroups } from "./net-groups.ts";
import { decodePeers, encodePeers, PeersFileVersionError } from "./peers-file.ts";

const PEERS = "peers.dat";
const ANCHORS = "anchors.dat";
/** Where a damaged file should be reported. */
const REPORTS = "https://github.com/bitcoin/bitcoin/issues";

interface StoreParts {
  /** Folder of the chain; null keeps everything in memory only. */
  readonly directory: string | null;
  readonly magic: Uint8Array;
  readonly groups: NetGroups;
  /** Key of a book that is made anew; by default a random one. */
  readonly key?: Uint8Array;
  readonly log: NetLog;
}

/** The files of addresses in Core's formats: peers.dat and anchors.dat. Core: addrdb.cpp. */
export class AddressStore {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** @throws Error in Core's words when peers.dat is damaged */
  loadPeers(): AddressTables {
    const { directory, magic, groups, log } = this.#parts;
    if (directory === null) return this.#empty();
    const path = join(directory, PEERS);
    const bytes = readIfThere(path);
    if (bytes === null) {
      log.info(`Creating peers.dat because the file was not found ("${path}")`);
      return this.#created();
    }
    const start = performance.now();
    try {
      const tables = openFile(magic, bytes, (reader) => decodePeers(reader, groups, this.#debug));
      const ms = Math.round(performance.now() - start);
      log.info(`Loaded ${tables.list.length} addresses from peers.dat  ${ms}ms`);
      return tables;
    } catch (error) {
      if (error instanceof PeersFileVersionError) return this.#setAside(path);
      if (!(error instanceof AddressFileError)) throw error;
      throw new Error(
        `Invalid or corrupt peers.dat (${error.message}). If you believe this is a bug, please report it to ${REPORTS}. As a workaround, you can move the file ("${path}") out of the way (rename, move, or delete) to have a new one created on the next start.`,
        { cause: error },
      );
    }
  }

  #setAside(path: string): AddressTables {
    renameSync(path, `${path}.bak`);
    this.#parts.log.warning(
      `Creating new peers.dat because the file version was not compatible ("${path}"). Original backed up to peers.dat.bak`,
    );
    return this.#created();
  }

  #created(): AddressTables {
    const tables = this.#empty();
    this.savePeers(tables);
    return tables;
  }

  #empty(): AddressTables {
    const { key = randomKey(), groups } = this.#parts;
    return new AddressTables(new Placement(key, groups), this.#debug);
  }

  readonly #debug = (text: string): void => this.#parts.log.debug("addrman", text);

  savePeers(tables: AddressTables): void {
    const start = performance.now();
    this.#write(PEERS, encodePeers(tables));
    const ms = Math.round(performance.now() - start);
    this.#parts.log.debug("net", `Flushed ${tables.list.length} addresses to peers.dat  ${ms}ms`);
  }

  /** Reads the anchors and removes their file, so that a peer that makes us fall is not called again. */
  takeAnchors(): GossipedAddress[] {
    const { directory, magic, log } = this.#parts;
    if (directory === null) return [];
    const path = join(directory, ANCHORS);
    const bytes = readIfThere(path);
    let anchors: GossipedAddress[] = [];
    try {
      if (bytes !== null) {
        anchors = openFile(magic, bytes, decodeAnchors);
        log.info(`Loaded ${anchors.length} addresses from "${ANCHORS}"`);
      }
    } catch {
      // A damaged file costs nothing but the anchors.
    }
    rmSync(path, { force: true });
    return anchors;
  }

  saveAnchors(anchors: readonly GossipedAddress[]): void {
    const start = performance.now();
    this.#write(ANCHORS, encodeAnchors(anchors));
    const seconds = ((performance.now() - start) / 1000).toFixed(2);
    this.#parts.log.info(
      `DumpAnchors: Flush ${anchors.length} outbound block-relay-only peer addresses to anchors.dat started`,
    );
    this.#parts.log.info(
      `DumpAnchors: Flush ${anchors.length} outbound block-relay-only peer addresses to anchors.dat completed (${seconds}s)`,
    );
  }

  #write(name: string, content: Uint8Array): void {
    const { directory, magic } = this.#parts;
    if (directory !== null) replaceFile(join(directory, name), sealFile(magic, content));
  }
}

/** Writes a file as a whole: after a crash the old one is there, or the new one. */
export function replaceFile(path: string, content: Uint8Array): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** The bytes of a file; null when there is none. */
export function readIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
