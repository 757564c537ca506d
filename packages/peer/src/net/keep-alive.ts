import { PING_NONCE_VERSION } from "@compeer/protocol/wire/protocol-version";
import type { Clock } from "../clock/clock.ts";
import type { Judge } from "./judge.ts";
import type { NetLog } from "./net-parts.ts";
import { randomNonce } from "./nonce.ts";
import type { Peer } from "./peer.ts";

const PING_INTERVAL_MS = 120_000;
/** Silence that ends a connection, seconds. Core: TIMEOUT_INTERVAL. */
const TIMEOUT = 1200;

/** Pings, pongs and the end of connections that went silent. */
export class KeepAlive {
  readonly #clock: Clock;
  readonly #log: NetLog;
  readonly #judge: Judge;
  readonly #peerTimeout: number;

  constructor(parts: { clock: Clock; log: NetLog; judge: Judge; peerTimeout: number }) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#judge = parts.judge;
    this.#peerTimeout = parts.peerTimeout;
  }

  ping(peer: Peer, nonce: bigint | null): void {
    if (peer.version >= PING_NONCE_VERSION)
      peer.connection.send({ type: "pong", nonce: nonce ?? 0n });
  }

  /** Ends the ping when it fits, is short or is zero; else the next may still fit. */
  pong(peer: Peer, nonce: bigint | null): void {
    const expected = peer.pingNonce;
    let problem = "";
    if (nonce === null) problem = "Short payload";
    else if (expected === 0n) problem = "Unsolicited pong without ping";
    else if (nonce === expected) this.#measured(peer);
    else problem = nonce === 0n ? "Nonce zero" : "Nonce mismatch";
    if (problem !== "")
      this.#log.debug(
        "net",
        `pong peer=${peer.id}: ${problem}, ${expected.toString(16)} expected, ${(nonce ?? 0n).toString(16)} received, ${nonce === null ? 0 : 8} bytes`,
      );
    if (nonce === null || nonce === 0n || nonce === expected) peer.pingNonce = 0n;
  }

  #measured(peer: Peer): void {
    const elapsed = Math.max(0, this.#clock.nowMs() - peer.pingStart);
    peer.pingMs = elapsed;
    peer.minPingMs = Math.min(peer.minPingMs, elapsed);
  }

  /** Sends a ping when one is due or asked for. */
  tick(peer: Peer): void {
    const now = this.#clock.nowMs();
    const waits = now - peer.pingStart;
    if (this.#isOldEnough(peer) && peer.pingNonce !== 0n && waits > TIMEOUT * 1000) {
      this.#judge.disconnect(peer, `ping timeout: ${(waits / 1000).toFixed(6)}s`);
      return;
    }
    const isDue = peer.pingNonce === 0n && waits > PING_INTERVAL_MS;
    if (!peer.isPingQueued && !isDue) return;
    peer.isPingQueued = false;
    peer.pingStart = now;
    const nonce = randomNonce() | 1n;
    const usesNonce = peer.version >= PING_NONCE_VERSION;
    peer.pingNonce = usesNonce ? nonce : 0n;
    peer.connection.send({ type: "ping", nonce: usesNonce ? nonce : null });
  }

  #isOldEnough(peer: Peer): boolean {
    return this.#clock.now() > peer.origin.connectedAt + this.#peerTimeout;
  }

  /** Ends a connection that says nothing, hears nothing or does not get on. Core: InactivityCheck. */
  checkActivity(peer: Peer): void {
    if (!this.#isOldEnough(peer)) return;
    const why = this.#inactivity(peer);
    if (why !== null) this.#judge.disconnect(peer, why);
  }

  #inactivity(peer: Peer): string | null {
    const now = this.#clock.now();
    const received = peer.connection.received.last;
    const sent = peer.connection.sent.last;
    if (received === 0 || sent === 0) {
      const noInput = received === 0 ? ", never received from peer" : "";
      const noOutput = sent === 0 ? ", never sent to peer" : "";
      return `socket no message in first ${this.#peerTimeout} seconds${noInput}${noOutput}`;
    }
    if (now > sent + TIMEOUT) return `socket sending timeout: ${now - sent}s`;
    if (now > received + TIMEOUT) return `socket receive timeout: ${now - received}s`;
    if (peer.isHandshakeDone) return null;
    const isDetecting = peer.connection.transport.kind === "detecting";
    return isDetecting ? "V2 handshake timeout" : "version handshake timeout";
  }
}
