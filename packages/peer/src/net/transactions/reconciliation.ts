import { randomBytes } from "node:crypto";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { WTXID_RELAY_VERSION } from "@compeer/protocol/wire/protocol-version";
import type { Judge } from "../judge.ts";
import type { NetLog } from "../net-parts.ts";
import type { Peer } from "../peer.ts";

/** BIP330. */
const VERSION = 1;

/**
 * Agrees with peers on reconciling transactions (BIP330, -txreconciliation). As in Core so far this is
 * all: nothing is reconciled yet, and announcements stay what they are.
 */
export class Reconciliation {
  readonly #log: NetLog;
  readonly #judge: Judge;
  readonly #isOn: boolean;
  readonly #states = new Map<number, "offered" | "agreed">();

  constructor(parts: { log: NetLog; judge: Judge; isOn: boolean }) {
    this.#log = parts.log;
    this.#judge = parts.judge;
    this.#isOn = parts.isOn;
  }

  /** Between version and verack. @param takesTransactions false when we want none from this peer */
  offer(peer: Peer, takesTransactions: boolean): void {
    const isFit = peer.version >= WTXID_RELAY_VERSION && peer.kind !== "addr-fetch";
    if (!this.#isOn || !takesTransactions || !isFit || !peer.relay?.wantsTransactions) return;
    this.#log.debug("txreconciliation", `Pre-register peer=${peer.id}`);
    this.#states.set(peer.id, "offered");
    const salt = randomBytes(8);
    peer.connection.sendPayload("sendtxrcncl", new Writer().u32(VERSION).raw(salt).finish());
  }

  /** @throws DecodeError when the payload is too short */
  accept(peer: Peer, payload: Uint8Array, takesTransactions: boolean): void {
    if (!this.#isOn) {
      const text = `sendtxrcncl from peer=${peer.id} ignored, as our node does not have txreconciliation enabled`;
      this.#log.debug("net", text);
      return;
    }
    const breach = this.#breach(peer, takesTransactions) ?? this.#answer(peer, payload);
    if (breach !== null) this.#judge.disconnect(peer, breach);
  }

  #breach(peer: Peer, takesTransactions: boolean): string | null {
    if (peer.isHandshakeDone) return "sendtxrcncl received after verack";
    if (!takesTransactions) return "sendtxrcncl received to which we indicated no tx relay";
    if (!peer.relay?.wantsTransactions)
      return "sendtxrcncl received which indicated no tx relay to us";
    return null;
  }

  #answer(peer: Peer, payload: Uint8Array): string | null {
    const reader = new Reader(payload);
    const version = reader.u32();
    reader.u64big();
    const state = this.#states.get(peer.id);
    if (state === undefined) {
      const text = `Ignore unexpected txreconciliation signal from peer=${peer.id}`;
      this.#log.debug("net", text);
      return null;
    }
    if (state === "agreed")
      return "txreconciliation protocol violation (sendtxrcncl received from already registered peer)";
    if (version < 1) return "txreconciliation protocol violation";
    const direction = `inbound=${Number(peer.isInbound)}`;
    this.#log.debug("txreconciliation", `Register peer=${peer.id} (${direction})`);
    this.#states.set(peer.id, "agreed");
    return null;
  }

  /** At verack: it takes the agreement of both, and wtxids. */
  confirm(peer: Peer): void {
    if (!peer.usesWtxid || this.#states.get(peer.id) !== "agreed") this.forget(peer);
  }

  forget(peer: Peer): void {
    if (this.#states.delete(peer.id))
      this.#log.debug("txreconciliation", `Forget txreconciliation state of peer=${peer.id}`);
  }
}
