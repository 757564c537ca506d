import type { Socket } from "node:net";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeMessage } from "@compeer/protocol/wire/encode-message";
import type { Frame } from "@compeer/protocol/wire/frame";
import { isKnownCommand, type Message, type UnknownMessage } from "@compeer/protocol/wire/message";
import type { Clock } from "../clock/clock.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { MessageRecorder } from "./message-capture.ts";
import type { BufferLimits, NetLog } from "./net-parts.ts";
import { makeTransport, type TransportChoice } from "./transport/make-transport.ts";
import type { Transport } from "./transport/transport.ts";

/** Pieces up to this together are copied behind each other: one buffer for the system instead of several. */
const SMALL = 16_384;
/** Traffic of commands without a meaning is counted under this name. */
const OTHER = "*other*";

interface ConnectionParts {
  readonly limits: BufferLimits;
  readonly magic: Uint8Array;
  readonly transport: TransportChoice;
  readonly record: MessageRecorder;
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

/** One socket: frames in, messages out by whichever transport, bounded both ways. */
export class Connection {
  readonly id: number;
  readonly received: Traffic = { total: 0, last: 0, byCommand: new Map() };
  readonly sent: Traffic = { total: 0, last: 0, byCommand: new Map() };
  /** Milliseconds of this thread that its bytes took to become frames. */
  readingMs = 0;
  /** Called when frames have come in; ask `next` for them. */
  onFrames: () => void = () => {};
  onClose: () => void = () => {};
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #transport: Transport;
  readonly #queue = new FrameQueue();
  #closed = false;

  constructor(id: number, socket: Socket, parts: ConnectionParts) {
    this.id = id;
    this.#socket = socket;
    this.#parts = parts;
    this.#transport = makeTransport(parts.transport, {
      magic: parts.magic,
      write: (pieces, command) => this.#write(pieces, command),
      log: (text) => parts.log.debug("net", `${text} peer=${id}`),
    });
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

  /** Begins to speak, where the transport has something to say by itself. */
  start(): void {
    this.#transport.start();
  }

  get transport(): Pick<Transport, "kind" | "sessionId" | "shouldRetryV1"> {
    return this.#transport;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.received.total += chunk.length;
    this.received.last = this.#parts.clock.now();
    const start = performance.now();
    try {
      for (const frame of this.#transport.receive(chunk)) this.#enqueue(frame);
    } catch (error) {
      if (error instanceof DecodeError) this.#logFault(error.message);
      else this.#parts.log.error(`bytes of peer=${this.id} could not be read: ${String(error)}`);
      this.close();
      return;
    } finally {
      this.readingMs += performance.now() - start;
    }
    if (this.#queue.bytes > this.#parts.limits.receiveBuffer) this.#socket.pause();
    if (!this.#queue.isEmpty) this.onFrames();
  }

  #enqueue(frame: Frame): void {
    if (frame.fault !== null) {
      this.#logFault(frame.fault);
      count(this.received, OTHER, frame.size);
      return;
    }
    count(this.received, frame.command, frame.size);
    this.#queue.push(frame);
  }

  #logFault(fault: string): void {
    const what = this.#transport.kind === "v1" ? "Header error" : "V2 transport error";
    this.#parts.log.debug("net", `${what}: ${fault}, peer=${this.id}`);
  }

  /** The oldest frame not yet taken; null when none waits. */
  next(): Frame | null {
    const frame = this.#queue.take();
    if (frame === null) return null;
    if (this.#queue.bytes <= this.#parts.limits.receiveBuffer && this.#socket.isPaused())
      this.#socket.resume();
    this.#parts.record("recv", frame.command, frame.payload);
    return frame;
  }

  send(message: Exclude<Message, UnknownMessage>): void {
    this.sendPayload(message.type, encodeMessage(message));
  }

  sendPayload(command: string, payload: Uint8Array): void {
    if (this.#closed) return;
    this.#parts.log.debug("net", `sending ${command} (${payload.length} bytes) peer=${this.id}`);
    this.#parts.record("sent", command, payload);
    this.#transport.send(command, payload);
  }

  #write(pieces: readonly Uint8Array[], command: string | null): void {
    let size = 0;
    for (const piece of pieces) size += piece.length;
    this.sent.total += size;
    this.sent.last = this.#parts.clock.now();
    if (command !== null) count(this.sent, command, size);
    const [only] = pieces;
    if (pieces.length === 1 && only !== undefined) {
      this.#socket.write(only);
    } else if (size <= SMALL) {
      this.#socket.write(concatBytes(...pieces));
    } else {
      this.#socket.cork();
      for (const piece of pieces) this.#socket.write(piece);
      this.#socket.uncork();
    }
  }

  /** Bytes that the other end has not taken in. */
  get unsentBytes(): number {
    return this.#socket.writableLength + this.#transport.waitingBytes;
  }

  /** Memory that its messages take: whole ones that wait, and what has come of the next. */
  get heldBytes(): number {
    return this.#queue.bytes + this.#transport.partialBytes;
  }

  /** True while so much waits to be sent that nothing more of this peer should be handled. */
  get isSendBufferFull(): boolean {
    return this.unsentBytes > this.#parts.limits.sendBuffer;
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
    this.#queue.clear();
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
