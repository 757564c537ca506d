import type { Socket } from "node:net";
import { SocketReader } from "./socket-reader.ts";
import { MAX_TOR_LINE, type TorReply } from "./tor-reply.ts";

/** From here on the daemon speaks of itself, not in answer. */
const FIRST_ASYNCHRONOUS = 600;

/** A connection to the control port of a Tor daemon. Core: TorControlConnection. */
export class TorConnection {
  readonly #socket: Socket;
  readonly #reader: SocketReader;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#reader = new SocketReader(socket);
  }

  /** @throws Error when the connection is lost, or the daemon says too much */
  async command(line: string): Promise<TorReply> {
    this.#socket.write(`${line}\r\n`);
    for (;;) {
      const reply = await this.#reply();
      if (reply.code < FIRST_ASYNCHRONOUS) return reply;
    }
  }

  async #reply(): Promise<TorReply> {
    const lines: string[] = [];
    for (let left = MAX_TOR_LINE; left > 0; ) {
      const line = await this.#reader.line(MAX_TOR_LINE, Number.POSITIVE_INFINITY);
      left -= line.length + 1;
      if (line.length < 4) continue;
      lines.push(line.slice(4));
      if (line[3] === " ") return { code: Number.parseInt(line.slice(0, 3), 10), lines };
    }
    this.#socket.destroy();
    throw new Error(`a reply of more than ${MAX_TOR_LINE} bytes`);
  }

  /** Reads away what the daemon tells, until the connection is lost. */
  async untilLost(): Promise<void> {
    try {
      for (;;) await this.#reader.line(MAX_TOR_LINE, Number.POSITIVE_INFINITY);
    } catch {
      this.#socket.destroy();
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
