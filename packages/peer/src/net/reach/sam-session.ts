import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import type { NetLog } from "../net-parts.ts";
import { formatHostPort, type HostPort } from "../socket-text.ts";
import type { Sockets } from "../sockets.ts";
import { decodeI2pBase64, destinationOf, encodeI2pBase64, i2pHost } from "./i2p-destination.ts";
import { MAX_SAM_MESSAGE, SamReply } from "./sam-reply.ts";
import { SocketReader } from "./socket-reader.ts";

const CONNECT_MS = 5000;
/** The router may have to search its network first. */
const REPLY_MS = 180_000;
/** EdDSA_SHA512_Ed25519, as a number: i2pd before 2.24.0 knows no names. */
const SIGNATURE_TYPE = 7;
const ENCRYPTION = "i2cp.leaseSetEncType=4,0";

interface SamParts {
  readonly log: NetLog;
  readonly sockets: Sockets;
  /** The SAM bridge. */
  readonly bridge: HostPort;
  /** Ends everything that is under way. */
  readonly stopping: AbortSignal;
  /** Keeps who we are from run to run; null for a session that nobody is to know again. */
  readonly keyFile: string | null;
}

/** Our name in I2P, while its control connection stands. */
interface Session {
  readonly id: string;
  readonly host: string;
  readonly control: Socket;
}

/** A stream to somebody in I2P, or one that waits for somebody. */
export interface SamStream {
  readonly reader: SocketReader;
  readonly socket: Socket;
  /** Our own host. */
  readonly me: string;
}

/** Speaks with an I2P router by SAM 3.1. Core: i2p::sam::Session. */
export class SamSession {
  readonly #parts: SamParts;
  #session: Promise<Session> | null = null;

  constructor(parts: SamParts) {
    this.#parts = parts;
  }

  /** @throws Error when the router cannot, or the peer does not answer */
  async connect(host: string): Promise<SamStream> {
    const { id, host: me } = await this.#open();
    const { reader, socket } = await this.#hello();
    try {
      const found = await ask(reader, socket, `NAMING LOOKUP NAME=${host}`);
      const destination = checked(found).get("VALUE");
      const line = `STREAM CONNECT ID=${id} DESTINATION=${destination} SILENT=false`;
      this.#checkStream(await ask(reader, socket, line));
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return { reader, socket, me };
  }

  /** A stream that will be the next peer's who calls us. @throws Error when the router cannot */
  async listen(): Promise<SamStream> {
    const { id, host: me } = await this.#open();
    const { reader, socket } = await this.#hello();
    try {
      this.#checkStream(await ask(reader, socket, `STREAM ACCEPT ID=${id} SILENT=false`));
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return { reader, socket, me };
  }

  /** Waits for that peer. @returns its host @throws Error when the stream is lost */
  async accept({ reader, socket }: SamStream): Promise<string> {
    const line = await reader.line(MAX_SAM_MESSAGE, Number.POSITIVE_INFINITY);
    try {
      // Newer bridges append ports to the destination.
      return i2pHost(decodeI2pBase64(line.split(" ")[0] as string));
    } catch (error) {
      socket.destroy();
      if (!line.includes("RESULT=I2P_ERROR")) throw error;
      this.close();
      throw new Error(`the session is unusable: ${line}`, { cause: error });
    }
  }

  close(): void {
    const session = this.#session;
    this.#session = null;
    session?.then(
      ({ id, control }) => {
        this.#parts.log.info(`Destroying SAM session ${id}`);
        control.destroy();
      },
      () => {},
    );
  }

  #checkStream(reply: SamReply): void {
    const result = reply.get("RESULT");
    if (result === "OK") return;
    if (result === "INVALID_ID") this.close();
    throw new Error(`"${reply.text}"`);
  }

  /** The session; a new one when there is none, or the old one is lost. */
  #open(): Promise<Session> {
    if (this.#session !== null) return this.#session;
    const opening = this.#create();
    this.#session = opening;
    const forget = (): void => {
      if (this.#session === opening) this.#session = null;
    };
    opening.then(({ control }) => control.once("close", forget), forget);
    return opening;
  }

  async #create(): Promise<Session> {
    const { log, bridge, keyFile } = this.#parts;
    const kind = keyFile === null ? "transient" : "persistent";
    const id = randomBytes(5).toString("hex");
    log.debug("i2p", `Creating ${kind} SAM session ${id} with ${formatHostPort(bridge)}`);
    const { reader, socket } = await this.#hello();
    try {
      const key = await this.#createWithKey(id, (line) => ask(reader, socket, line));
      const host = i2pHost(destinationOf(key));
      const title = kind[0]?.toUpperCase() + kind.slice(1);
      log.info(`${title} SAM session ${id} created, my address=${host}:0`);
      // What it says from now on is read away, so that its end is noticed.
      return { id, host, control: reader.release().resume() };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** @returns the private key */
  async #createWithKey(id: string, say: (line: string) => Promise<SamReply>): Promise<Uint8Array> {
    const head = `SESSION CREATE STYLE=STREAM ID=${id}`;
    const { keyFile } = this.#parts;
    if (keyFile === null) {
      const made = `DESTINATION=TRANSIENT SIGNATURE_TYPE=${SIGNATURE_TYPE}`;
      const reply = await say(`${head} ${made} ${ENCRYPTION} ${tunnels(1)}`);
      return decodeI2pBase64(checked(reply).get("DESTINATION"));
    }
    if (!existsSync(keyFile)) {
      const reply = await say(`DEST GENERATE SIGNATURE_TYPE=${SIGNATURE_TYPE}`);
      writePrivate(keyFile, decodeI2pBase64(reply.get("PRIV")));
    }
    const key = new Uint8Array(readFileSync(keyFile));
    const kept = `DESTINATION=${encodeI2pBase64(key)}`;
    checked(await say(`${head} ${kept} ${ENCRYPTION} ${tunnels(3)}`));
    return key;
  }

  async #hello(): Promise<{ readonly reader: SocketReader; readonly socket: Socket }> {
    const { sockets, bridge } = this.#parts;
    const socket = await sockets.connect(bridge, CONNECT_MS).catch((cause: unknown) => {
      throw new Error(`Cannot connect to ${formatHostPort(bridge)}`, { cause });
    });
    this.#endWithUs(socket);
    const reader = new SocketReader(socket);
    try {
      checked(await ask(reader, socket, "HELLO VERSION MIN=3.1 MAX=3.1"));
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return { reader, socket };
  }

  #endWithUs(socket: Socket): void {
    const { stopping } = this.#parts;
    const stop = (): void => void socket.destroy();
    if (stopping.aborted) stop();
    stopping.addEventListener("abort", stop, { once: true });
    socket.once("close", () => stopping.removeEventListener("abort", stop));
  }
}

async function ask(reader: SocketReader, socket: Socket, line: string): Promise<SamReply> {
  socket.write(`${line}\n`);
  return new SamReply(await reader.line(MAX_SAM_MESSAGE, REPLY_MS));
}

function checked(reply: SamReply): SamReply {
  if (reply.get("RESULT") !== "OK") throw new Error(`Unexpected reply: "${reply.text}"`);
  return reply;
}

function tunnels(count: number): string {
  return `inbound.quantity=${count} outbound.quantity=${count}`;
}

function writePrivate(path: string, key: Uint8Array): void {
  writeFileSync(path, key, { mode: 0o600 });
  chmodSync(path, 0o600);
}
