import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { PROTOCOL_VERSION } from "./protocol-version.ts";

/** Most hashes of a locator; a longer one costs its sender the connection. Core: MAX_LOCATOR_SZ. */
export const MAX_LOCATOR = 101;

/** The question of getheaders and getblocks: "what comes behind the first of these that you know?" */
export interface LocatorQuestion {
  /** Newest first, wire order. */
  readonly locator: readonly Uint8Array[];
  /** Last hash wanted, zeros for no end. */
  readonly stop: Uint8Array;
}

export function decodeLocator(payload: Uint8Array): LocatorQuestion {
  const reader = new Reader(payload);
  reader.skip(4);
  const locator: Uint8Array[] = [];
  for (let left = reader.compactSize(); left > 0; left--) locator.push(reader.take(32));
  const stop = reader.take(32);
  reader.end();
  return { locator, stop };
}

export function encodeLocator({ locator, stop }: LocatorQuestion): Uint8Array {
  const writer = new Writer(45 + 32 * locator.length).u32(PROTOCOL_VERSION);
  writer.compactSize(locator.length);
  for (const hash of locator) writer.raw(hash);
  return writer.raw(stop).finish();
}
