import { Duplex } from "node:stream";

/** One end of an address. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Brings bytes to the other end, later. */
export interface Wire {
  /** Calls `arrived` when the bytes are there; never when they are lost for good. */
  carry(bytes: number, arrived: () => void): void;
}

/** One end of a connection between two simulated peers, with as much of a TCP socket as they use. */
export class SimulatedSocket extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #wire: Wire;
  #other: SimulatedSocket | null = null;
  /** Told when this end takes in more. */
  #takenIn: (() => void) | null = null;

  private constructor(local: Endpoint, remote: Endpoint, wire: Wire) {
    super({ allowHalfOpen: false, emitClose: true });
    this.localAddress = local.host;
    this.localPort = local.port;
    this.remoteAddress = remote.host;
    this.remotePort = remote.port;
    this.#wire = wire;
  }

  /** Both ends of a new connection. @param out from `a` to `b`; @param back from `b` to `a` */
  static pair(a: Endpoint, b: Endpoint, out: Wire, back: Wire): [SimulatedSocket, SimulatedSocket] {
    const near = new SimulatedSocket(a, b, out);
    const far = new SimulatedSocket(b, a, back);
    near.#other = far;
    far.#other = near;
    return [near, far];
  }

  setNoDelay(): this {
    return this;
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else {
      this.once("finish", () => this.destroy());
      this.end();
    }
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#wire.carry(chunk.length, () => {
      const other = this.#other as SimulatedSocket;
      if (other.destroyed || other.push(chunk)) done();
      else other.#takenIn = done;
    });
  }

  override _read(): void {
    const takenIn = this.#takenIn;
    this.#takenIn = null;
    takenIn?.();
  }

  override _final(done: () => void): void {
    done();
    this.#tellEnd();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#tellEnd();
    this._read();
    done(error);
  }

  #tellEnd(): void {
    const other = this.#other as SimulatedSocket;
    this.#wire.carry(0, () => {
      if (!other.destroyed && !other.readableEnded) other.push(null);
    });
  }
}
