import { connect, type Socket } from "node:net";
import { EMPTY_ADDRESS } from "@compeer/protocol/wire/address";
import { decodeMessage } from "@compeer/protocol/wire/decode-message";
import { encodeMessage } from "@compeer/protocol/wire/encode-message";
import { encodeFrameHeader, FrameReader } from "@compeer/protocol/wire/frame";
import type { InventoryItem } from "@compeer/protocol/wire/inventory";
import type { Message, UnknownMessage } from "@compeer/protocol/wire/message";

type Sendable = Exclude<Message, UnknownMessage>;
type Counted = Extract<Message, { readonly type: "inv" | "getdata" | "notfound" }>;
/** As it was sent, the entries of an inventory in an array. */
type Received =
  | Exclude<Message, Counted>
  | { readonly type: Counted["type"]; readonly items: readonly InventoryItem[] };
type OfType<T, M = Received> = M extends { readonly type: infer U }
  ? T extends U
    ? M
    : never
  : never;

/** A peer that does as the test says, however bad. */
export class RawPeer {
  readonly messages: Received[] = [];
  readonly #socket: Socket;
  readonly #magic: Uint8Array;
  #waiting: (() => void)[] = [];
  isClosed = false;

  private constructor(socket: Socket, magic: Uint8Array) {
    this.#socket = socket;
    this.#magic = magic;
    const reader = new FrameReader(magic);
    socket.on("data", (chunk) => {
      for (const { command, payload, fault } of reader.push(chunk)) {
        if (fault !== null) throw new Error(fault);
        this.messages.push(inArrays(decodeMessage(command, payload)));
      }
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  static async open(port: number, magic: Uint8Array): Promise<RawPeer> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawPeer(socket, magic);
  }

  /** Connects and shakes hands; the pings of the other side are answered by no one. */
  static async shakeHands(port: number, magic: Uint8Array, version = 70016): Promise<RawPeer> {
    const peer = await RawPeer.open(port, magic);
    peer.sendVersion(version);
    if (version >= 70016) peer.send({ type: "wtxidrelay" });
    peer.send({ type: "verack" });
    await peer.received("verack");
    await peer.sync();
    return peer;
  }

  sendVersion(version = 70016, nonce = 5n): void {
    this.send({
      type: "version",
      version,
      services: 9n,
      time: Math.floor(Date.now() / 1000),
      receiver: EMPTY_ADDRESS,
      nonce,
      userAgent: "/raw:0.1/",
      startHeight: -1,
      relay: true,
    });
  }

  send(message: Sendable): void {
    this.sendPayload(message.type, encodeMessage(message));
  }

  sendPayload(command: string, payload: Uint8Array): void {
    this.sendBytes(encodeFrameHeader(this.#magic, command, payload));
    this.sendBytes(payload);
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.isClosed) this.#socket.write(bytes);
  }

  /** The first message of a type, waited for. */
  async received<T extends Message["type"]>(
    type: T,
    test: (message: OfType<T>) => boolean = () => true,
  ): Promise<OfType<T>> {
    for (;;) {
      const found = this.messages.find(
        (message) => message.type === type && test(message as OfType<T>),
      );
      if (found !== undefined) return found as OfType<T>;
      if (this.isClosed) throw new Error(`closed while waiting for ${type}`);
      await this.changed();
    }
  }

  count(type: Message["type"]): number {
    return this.messages.filter((message) => message.type === type).length;
  }

  /** Waits until everything sent before was handled. */
  async sync(): Promise<void> {
    const nonce =
      BigInt(this.messages.length) + 0x1000n + BigInt(Math.floor(Math.random() * 2 ** 40));
    this.send({ type: "ping", nonce });
    await this.received("pong", (pong) => pong.nonce === nonce);
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await this.changed();
  }

  /** Takes in nothing more of what is sent to it. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Waits until a message has come or the connection has closed. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function inArrays(message: Message): Received {
  return "items" in message ? { type: message.type, items: [...message.items] } : message;
}
