import type { Frame } from "@compeer/protocol/wire/frame";

/** How messages become bytes of a socket and bytes messages. Core: Transport. */
export interface Transport {
  /** "detecting" until the other end has shown what it speaks. */
  readonly kind: "detecting" | "v1" | "v2";
  /** Hex, as people compare it; empty where there is none. */
  readonly sessionId: string;
  /** True when the other end closed on an encrypted greeting as one does who does not understand it. */
  readonly shouldRetryV1: boolean;
  /** Bytes of messages that wait for the other end's key. */
  readonly waitingBytes: number;
  /** Bytes that are held of a message that is not whole yet. */
  readonly partialBytes: number;
  /** Says what is to be said before any message. */
  start(): void;
  /** Frames that `chunk` completes. @throws DecodeError when the stream can be followed no further */
  receive(chunk: Uint8Array): Frame[];
  send(command: string, payload: Uint8Array): void;
}

/** What a transport needs of its connection. */
export interface TransportParts {
  readonly magic: Uint8Array;
  /** Puts bytes on the wire, in a row; `command` is null for what belongs to no message. */
  write(pieces: readonly Uint8Array[], command: string | null): void;
  /** Debug lines about this connection. */
  log(text: string): void;
}
