import { type BlockHeader, decodeHeader, HEADER_SIZE } from "../bitcoin/header.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { LimitError } from "./limit-error.ts";

/** Most headers of one message. Core: MAX_HEADERS_RESULTS. */
export const MAX_HEADERS = 2000;

/** Each header is followed by a count of transactions, which means nothing here. */
export function decodeHeaders(payload: Uint8Array): BlockHeader[] {
  const reader = new Reader(payload);
  const count = reader.compactSize();
  if (count > MAX_HEADERS) throw new LimitError("headers", count);
  const headers: BlockHeader[] = [];
  for (let i = 0; i < count; i++) {
    // A copy of its own: a kept header must not keep the message alive.
    headers.push(decodeHeader(reader.take(HEADER_SIZE).slice()));
    reader.compactSize();
  }
  reader.end();
  return headers;
}

/** @param headers 80 bytes each */
export function encodeHeaders(headers: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer(9 + 81 * headers.length).compactSize(headers.length);
  for (const header of headers) writer.raw(header).u8(0);
  return writer.finish();
}
