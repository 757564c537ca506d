import type { Socket } from "node:net";

const LINE_FEED = 10;

/** Reads what a service says over a socket piece by piece, before the socket is somebody else's. */
export class SocketReader {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #length = 0;
  #fault: Error | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    // Stays for good: an error that nobody listens to would end the process.
    socket.on("error", (error) => {
      this.#fault = error;
    });
  }

  /** @throws Error when they do not come in time; the socket is closed then */
  async bytes(length: number, timeoutMs: number): Promise<Uint8Array> {
    return this.#within(timeoutMs, async () => {
      while (this.#length < length) await this.#more();
      return this.#take(length);
    });
  }

  /**
   * A line without its end.
   *
   * @param maxBytes longest line that is taken
   * @throws Error when it does not come in time, or is too long; the socket is closed then
   */
  async line(maxBytes: number, timeoutMs: number): Promise<string> {
    return this.#within(timeoutMs, async () => {
      for (;;) {
        const end = this.#lineEnd();
        if (end >= 0 && end < maxBytes) return text(this.#take(end + 1));
        if (end >= 0 || this.#length >= maxBytes)
          this.#fail(`a line of more than ${maxBytes} bytes`);
        await this.#more();
      }
    });
  }

  /** Gives back what was read too far; the socket is free. */
  release(): Socket {
    if (this.#length > 0) this.#socket.unshift(this.#take(this.#length));
    return this.#socket;
  }

  async #within<T>(timeoutMs: number, read: () => Promise<T>): Promise<T> {
    const cut = (): void => {
      this.#fault = new Error("no answer in time");
      this.#socket.destroy();
    };
    const timer = Number.isFinite(timeoutMs) ? setTimeout(cut, timeoutMs) : undefined;
    try {
      return await read();
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(why: string): never {
    this.#socket.destroy();
    throw new Error(why);
  }

  /** Waits for the next bytes. */
  #more(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const done = (act: () => void): void => {
        socket.off("readable", look);
        socket.off("end", lost);
        socket.off("close", lost);
        act();
      };
      const lost = (): void =>
        done(() => reject(this.#fault ?? new Error("connection was closed")));
      const look = (): void => {
        const chunk = socket.read() as Buffer | null;
        if (chunk === null) return;
        this.#chunks.push(chunk);
        this.#length += chunk.length;
        done(resolve);
      };
      if (socket.destroyed || socket.readableEnded) return lost();
      socket.on("readable", look);
      socket.on("end", lost);
      socket.on("close", lost);
      look();
    });
  }

  /** Where the first line ends, below 0 for nowhere yet: only what came last has not been searched. */
  #lineEnd(): number {
    const last = this.#chunks.at(-1);
    const at = last?.indexOf(LINE_FEED) ?? -1;
    return last === undefined || at < 0 ? -1 : this.#length - last.length + at;
  }

  #take(length: number): Buffer {
    const all =
      this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks = all.length > length ? [all.subarray(length)] : [];
    this.#length = all.length - length;
    return all.subarray(0, length);
  }
}

function text(line: Buffer): string {
  return line.toString("latin1").replace(/\r?\n$/, "");
}
