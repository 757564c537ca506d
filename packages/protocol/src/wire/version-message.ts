import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { decodeLegacyAddress, encodeLegacyAddress, type SocketAddress } from "./address.ts";
import { printable } from "./frame.ts";

/** Longest user agent. Core: MAX_SUBVERSION_LENGTH. */
const MAX_USER_AGENT = 256;

export interface VersionMessage {
  readonly type: "version";
  /** Signed 32 bits. */
  readonly version: number;
  readonly services: bigint;
  /** Seconds since 1970; not below zero. */
  readonly time: number;
  /** Where the sender believes to have reached us. */
  readonly receiver: SocketAddress;
  readonly nonce: bigint;
  readonly userAgent: string;
  readonly startHeight: number;
  /** False: do not announce transactions to me (BIP37). */
  readonly relay: boolean;
}

/** Old peers end early and new ones may say more behind the end: both are taken. Core: net_processing.cpp. */
export function decodeVersion(payload: Uint8Array): VersionMessage {
  const reader = new Reader(payload);
  const version = reader.i32();
  const services = reader.u64big();
  const time = Math.max(0, reader.i64());
  reader.skip(8);
  const receiver = decodeLegacyAddress(reader);
  let nonce = 1n;
  if (reader.left > 0) {
    reader.skip(26);
    nonce = reader.u64big();
  }
  const userAgent = reader.left > 0 ? decodeText(reader.varBytes(MAX_USER_AGENT)) : "";
  const startHeight = reader.left > 0 ? reader.i32() : -1;
  const relay = reader.left > 0 ? reader.u8() !== 0 : true;
  return {
    type: "version",
    version,
    services,
    time,
    receiver,
    nonce,
    userAgent,
    startHeight,
    relay,
  };
}

/** @param ourServices repeated for the sender's own address, which stays empty (it would leak) */
export function encodeVersion(message: VersionMessage, theirServices = 0n): Uint8Array {
  const { version, services, time, receiver, nonce, userAgent, startHeight, relay } = message;
  const writer = new Writer(128).u32(version).u64big(services).u64(time).u64big(theirServices);
  encodeLegacyAddress(writer, receiver);
  writer.u64big(services).raw(new Uint8Array(18)).u64big(nonce);
  const text = encodeText(userAgent);
  if (text.length > MAX_USER_AGENT) throw new DecodeError("user agent too long");
  return writer
    .varBytes(text)
    .u32(startHeight)
    .u8(relay ? 1 : 0)
    .finish();
}

function decodeText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return printable(text);
}

function encodeText(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
