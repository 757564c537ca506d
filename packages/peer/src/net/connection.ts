import type { Socket } from "node:net";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeMessage } from "@compeer/protocol/wire/encode-message";
import {
  encodeFrameHeader,
  FRAME_HEADER_SIZE,
  type Frame,
  FrameReader,
} from "@compeer/protocol/wire/frame";
import { isKnownCommand, type Message, type UnknownMessage } from "@compeer/protocol/wire/message";
import type { Clock } from "../clock/clock.ts";
import type { NetLog } from "./net-parts.ts";

/** Bytes of frames waiting to be handled above which the socket is not read. Core: -maxreceivebuffer. */
const RECEIVE_BUFFER = 5_000_000;
/** Bytes waiting to be sent above which nothing more of the peer is handled. Core: -maxsendbuffer. */
const SEND_BUFFER = 1_000_000;
/** Payloads up to this are copied behind their header: one call to the system instead of two buffers. */
const SMALL = 16_384;
/** Traffic of commands without a meaning is counted under this name. */
const OTHER = "*other*";

interface ConnectionParts {
  readonly magic: Uint8Array;
  readonly clock: Clock;
  readonly log: NetLog;
}

/** Bytes of a connection, by direction and command. */
export interface Traffic {
  total: number;
  /** Seconds since 1970; 0 for never. */
  last: number;
  readonly byCommand: Map<string, number>;
}

/** One socket that speaks the unencrypted transport: frames in, messages out, bounded both ways. */
export class Connection {
  readonly id: number;
  readonly received: Traffic = { total: 0, last: 0, byCommand: new Map() };
  readonly sent: Traffic = { total: 0, last: 0, byCommand: new Map() };
  /** Called when frames have come in; ask `next` for them. */
  onFrames: () => void = () => {};
  onClose: () => void = () => {};
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #reader: FrameReader;
  #queue: Frame[] = [];
  #queuedBytes = 0;
  #closed = false;

  constructor(id: number, socket: Socket, parts: ConnectionParts) {
    this.id = id;
    this.#socket = socket;
    this.#parts = parts;
    this.#reader = new FrameReader(parts.magic);
    socket.setNoDelay(true);
    socket.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    socket.on("error", (error) =>
      this.#parts.log.debug("net", `socket error: ${error.message}, peer=${id}`),
    );
    socket.on("end", () => {
      if (!this.#closed) this.#parts.log.debug("net", `socket closed, disconnecting peer=${id}`);
    });
    socket.on("close", () => this.close());
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.received.total += chunk.length;
    this.received.last = this.#parts.clock.now();
    try {
      for (const frame of this.#reader.push(chunk)) this.#enqueue(frame);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#parts.log.debug("net", `Header error: ${error.message}, peer=${this.id}`);
      this.close();
      return;
    }
    if (this.#queuedBytes > RECEIVE_BUFFER) this.#socket.pause();
    if (this.#queue.length > 0) this.onFrames();
  }

  #enqueue(frame: Frame): void {
    const size = frame.payload.length + FRAME_HEADER_SIZE;
    if (frame.fault !== null) {
      this.#parts.log.debug("net", `Header error: ${frame.fault}, peer=${this.id}`);
      count(this.received, OTHER, size);
      return;
    }
    count(this.received, frame.command, size);
    this.#queue.push(frame);
    this.#queuedBytes += size;
  }

  /** The oldest frame not yet taken; null when none waits. */
  next(): Frame | null {
    const frame = this.#queue.shift();
    if (frame === undefined) return null;
    this.#queuedBytes -= frame.payload.length + FRAME_HEADER_SIZE;
    if (this.#queuedBytes <= RECEIVE_BUFFER && this.#socket.isPaused()) this.#socket.resume();
    return frame;
  }

  send(message: Exclude<Message, UnknownMessage>): void {
    this.sendPayload(message.type, encodeMessage(message));
  }

  sendPayload(command: string, payload: Uint8Array): void {
    if (this.#closed) return;
    const size = payload.length + FRAME_HEADER_SIZE;
    this.#parts.log.debug("net", `sending ${command} (${payload.length} bytes) peer=${this.id}`);
    this.sent.total += size;
    this.sent.last = this.#parts.clock.now();
    count(this.sent, command, size);
    const header = encodeFrameHeader(this.#parts.magic, command, payload);
    if (payload.length <= SMALL) {
      this.#socket.write(concatBytes(header, payload));
    } else {
      this.#socket.cork();
      this.#socket.write(header);
      this.#socket.write(payload);
      this.#socket.uncork();
    }
  }

  /** True while so much waits to be sent that nothing more of this peer should be handled. */
  get isSendBufferFull(): boolean {
    return this.#socket.writableLength > SEND_BUFFER;
  }

  /** Waits until what was sent has left, or the connection has closed. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off("drain", done);
        this.#socket.off("close", done);
        resolve();
      };
      if (this.#closed || !this.isSendBufferFull) return resolve();
      this.#socket.on("drain", done);
      this.#socket.on("close", done);
    });
  }

  /** Sends what waits, then closes; a peer that does not read is cut off. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#socket.end();
    this.#socket.destroySoon();
    const cut = setTimeout(() => this.#socket.destroy(), 1000);
    cut.unref();
    this.#socket.once("close", () => clearTimeout(cut));
    this.onClose();
  }
}

function count(traffic: Traffic, command: string, size: number): void {
  const name = isKnownCommand(command) ? command : OTHER;
  traffic.byCommand.set(name, (traffic.byCommand.get(name) ?? 0) + size);
}
