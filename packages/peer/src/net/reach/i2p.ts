import { setMaxListeners } from "node:events";
import { join } from "node:path";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { Clock } from "../../clock/clock.ts";
import { parseHost } from "../addresses/address-text.ts";
import { LOCAL_MANUAL, type LocalAddresses } from "../addresses/local-addresses.ts";
import type { NetLog } from "../net-parts.ts";
import { wait } from "../outbound/wait.ts";
import { formatHostPort, type HostPort } from "../socket-text.ts";
import type { Sockets } from "../sockets.ts";
import type { Dialled } from "./dialled.ts";
import { SamSession, type SamStream } from "./sam-session.ts";

/** SAM 3.1 knows no ports. Core: I2P_SAM31_PORT. */
const I2P_PORT = 0;
const KEY_FILE = "i2p_private_key";
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
/** Sessions for one connection each that were made for nothing are used again. Core: MAX_UNUSED_I2P_SESSIONS_SIZE. */
const MAX_UNUSED = 10;

interface I2pParts {
  readonly clock: Clock;
  readonly log: NetLog;
  readonly sockets: Sockets;
  readonly local: LocalAddresses;
  /** The SAM bridge; null without -i2psam. */
  readonly bridge: HostPort | null;
  /** -i2pacceptincoming. */
  readonly accepts: boolean;
  /** Where the private key is kept; null keeps none. */
  readonly directory: string | null;
}

/** Somebody came in through I2P. */
export type AcceptI2p = (arrival: Dialled & { readonly address: HostPort }) => void;

/** Peers in I2P. */
export class I2p {
  readonly #parts: I2pParts;
  readonly #stopping = new AbortController();
  /** Under which others find us; null when nobody is to. */
  readonly #own: SamSession | null;
  readonly #unused: SamSession[] = [];
  /** Our own address while others are told of it. */
  #advertised: SocketAddress | null = null;

  constructor(parts: I2pParts) {
    this.#parts = parts;
    setMaxListeners(0, this.#stopping.signal); // One for each connection.
    const { directory } = parts;
    this.#own = parts.accepts
      ? this.#session(directory === null ? null : join(directory, KEY_FILE))
      : null;
  }

  #session(keyFile: string | null): SamSession | null {
    const { bridge } = this.#parts;
    return bridge === null
      ? null
      : new SamSession({ ...this.#parts, stopping: this.#stopping.signal, bridge, keyFile });
  }

  /** @throws Error when there is no bridge, or it does not reach the host */
  async connect(to: HostPort): Promise<Omit<Dialled, "address">> {
    if (to.port !== I2P_PORT)
      throw this.#failed(to, `, connection refused due to arbitrary port ${to.port}`);
    const session = this.#own ?? this.#unused.pop() ?? this.#session(null);
    if (session === null) throw new Error("there is no way into the network i2p");
    try {
      const { reader, me } = await session.connect(to.host);
      const socket = reader.release();
      // Nobody else is to be met under the same name.
      if (session !== this.#own) socket.once("close", () => session.close());
      return { socket, bound: ownEnd(me) };
    } catch (error) {
      if (session !== this.#own) this.#keep(session);
      throw this.#failed(to, `: ${error instanceof Error ? error.message : error}`);
    }
  }

  #failed(to: HostPort, why: string): Error {
    const text = `Error connecting to ${formatHostPort(to)}${why}`;
    this.#parts.log.debug("i2p", text);
    return new Error(text);
  }

  #keep(session: SamSession): void {
    if (this.#unused.length < MAX_UNUSED && !this.#stopping.signal.aborted)
      this.#unused.push(session);
    else session.close();
  }

  /** Takes in who calls, until it is closed. Core: ThreadI2PAcceptIncoming. */
  async run(accept: AcceptI2p): Promise<void> {
    if (this.#own === null) return;
    let pause = FIRST_PAUSE_MS;
    while (!this.#stopping.signal.aborted) {
      if (await this.#acceptOne(this.#own, accept)) pause = FIRST_PAUSE_MS;
      else {
        if (!(await wait(this.#parts.clock, pause, this.#stopping.signal))) return;
        pause = Math.min(pause + FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
      }
    }
  }

  async #acceptOne(own: SamSession, accept: AcceptI2p): Promise<boolean> {
    try {
      const stream = await this.#listen(own);
      this.#advertise(stream.me);
      const host = await own.accept(stream);
      const bound = ownEnd(stream.me);
      accept({ socket: stream.reader.release(), address: { host, port: I2P_PORT }, bound });
      return true;
    } catch (error) {
      this.#parts.log.debug("i2p", `Error accepting: ${String(error)}`);
      return false;
    }
  }

  async #listen(own: SamSession): Promise<SamStream> {
    try {
      return await own.listen();
    } catch (error) {
      this.#withdraw();
      throw error;
    }
  }

  #advertise(me: string): void {
    if (this.#advertised !== null) return;
    this.#advertised = parseHost(me, I2P_PORT);
    if (this.#advertised !== null) this.#parts.local.add(this.#advertised, LOCAL_MANUAL);
  }

  /** Nobody can come in that way for now. */
  #withdraw(): void {
    if (this.#advertised !== null) this.#parts.local.remove(this.#advertised);
    this.#advertised = null;
  }

  close(): void {
    this.#stopping.abort();
    this.#own?.close();
    for (const session of this.#unused) session.close();
  }
}

function ownEnd(host: string): string {
  return formatHostPort({ host, port: I2P_PORT });
}
