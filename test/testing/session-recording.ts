import { createServer, connect as dial, type Server, type Socket } from "node:net";

/** One side's bytes, as they came from its socket. */
export type Recording = Uint8Array[];

/** Stands between two peers, passes everything on, and keeps what the one that dials says. */
export class SessionRecorder {
  readonly recordings: Recording[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: number) {
    this.#server = createServer((from) => this.#join(from, dial(target, "127.0.0.1")));
  }

  /** @param target port of the peer that is dialled */
  static async start(target: number): Promise<SessionRecorder> {
    const recorder = new SessionRecorder(target);
    await new Promise<void>((resolve) => recorder.#server.listen(0, "127.0.0.1", resolve));
    return recorder;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  #join(from: Socket, to: Socket): void {
    const recording: Recording = [];
    this.recordings.push(recording);
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => other.destroy());
    }
    from.on("data", (chunk: Uint8Array) => {
      recording.push(Uint8Array.from(chunk));
      to.write(chunk);
    });
    to.on("data", (chunk) => from.write(chunk));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
