import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createSwiftKeys } from "@compeer/protocol/crypto/elligator-swift";
import { EMPTY_ADDRESS } from "@compeer/protocol/wire/address";
import { encodeMessage } from "@compeer/protocol/wire/encode-message";
import { V2Session } from "@compeer/protocol/wire/v2-session";

/** The encrypted end of a test: a session that has shaken hands, and its socket. */
export class V2Wire {
  readonly socket: Socket;
  readonly session: V2Session;
  readonly commands: string[] = [];

  private constructor(socket: Socket, session: V2Session) {
    this.socket = socket;
    this.session = session;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      for (const { command } of session.push(chunk)) this.commands.push(command);
      const reply = session.takeReply();
      if (reply !== null) socket.write(reply);
    });
  }

  static async open(port: number, magic: Uint8Array): Promise<V2Wire> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    const keys = createSwiftKeys(randomBytes);
    const garbage = randomBytes(100);
    const wire = new V2Wire(socket, new V2Session({ initiating: true, magic, keys, garbage }));
    socket.write(wire.session.hello);
    while (!wire.session.isReady) await once(socket, "data");
    wire.send(
      "version",
      encodeMessage({
        type: "version",
        version: 70016,
        services: 9n,
        time: Math.floor(Date.now() / 1000),
        receiver: EMPTY_ADDRESS,
        nonce: 5n,
        userAgent: "/v2-wire:0.1/",
        startHeight: 0,
        relay: true,
      }),
    );
    wire.send("verack", new Uint8Array(0));
    await wire.heard("verack");
    return wire;
  }

  send(command: string, payload: Uint8Array): void {
    this.socket.write(this.session.encode(command, payload));
  }

  /** Waits until such a message has come. */
  async heard(command: string): Promise<void> {
    while (!this.commands.includes(command)) await once(this.socket, "data");
  }

  /** True when the other side answers. */
  async ping(): Promise<boolean> {
    this.commands.length = 0;
    this.send("ping", encodePing(7));
    await this.heard("pong");
    return true;
  }
}

export function encodePing(nonce: number): Uint8Array {
  return encodeMessage({ type: "ping", nonce: BigInt(nonce) });
}
