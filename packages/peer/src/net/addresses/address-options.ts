import type { HostPort } from "../socket-text.ts";
import type { NetworkKind } from "./address-class.ts";

/** A map of autonomous systems. */
export interface AsMapFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What settings say about addresses. */
export interface AddressOptions {
  /** Folder of peers.dat, anchors.dat and banlist.json; null keeps them in memory. */
  readonly directory: string | null;
  /** -test=addrman. */
  readonly knownKey: boolean;
  /** -checkaddrman. */
  readonly checkRatio: number;
  /** -asmap. */
  readonly asMap: AsMapFile | null;
  /** -externalip: addresses, and names that are looked up at the start. */
  readonly external: readonly HostPort[];
  readonly discover: boolean;
  readonly listen: boolean;
  /** Networks that we can connect to from the start. */
  readonly reachable: readonly NetworkKind[];
}
