import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import {
  AUDIT_FEATURE,
  type AuditAnswer,
  decodeAudit,
  decodeGetAudit,
  encodeAudit,
  encodeGetAudit,
  NO_COIN_SUMMARY,
} from "@compeer/protocol/wire/audit-messages";
import type { Features } from "../features.ts";
import type { NetAudit, NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";

/** Silence after which a peer is not waited for. */
const TIMEOUT_MS = 30_000;
const NO_HASH: Uint8Array = new Uint8Array(32);

/** What a compeer said to an audit: its answer, or why there is none. */
export type AuditOutcome = AuditAnswer | "silent" | "unreadable" | "gone";

interface AuditsParts extends NetParts {
  readonly features: Features;
}

interface Question {
  readonly height: number;
  readonly done: (outcome: AuditOutcome) => void;
}

/**
 * Asks compeers for the hash over all their coins and answers the same question. It goes only to who has
 * agreed to it in the handshake; what comes from others means nothing.
 */
export class Audits {
  readonly #parts: AuditsParts;
  readonly #open = new Map<Peer, Question>();
  readonly #answering = new Set<Peer>();

  constructor(parts: AuditsParts) {
    this.#parts = parts;
    if (parts.audit) parts.features.offer(AUDIT_FEATURE, new Uint8Array(0));
  }

  isAgreed(peer: Peer): boolean {
    return this.#parts.features.agreed(peer, AUDIT_FEATURE) !== null;
  }

  /** Asks one peer; a question to it that still waits is given up. */
  ask(peer: Peer, height: number): Promise<AuditOutcome> {
    this.#end(peer, "silent");
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(TIMEOUT_MS, () => this.#end(peer, "silent"));
      const done = (outcome: AuditOutcome): void => {
        cancel();
        resolve(outcome);
      };
      this.#open.set(peer, { height, done });
      peer.connection.sendPayload("getaudit", encodeGetAudit(height));
    });
  }

  /** An answer; what was not asked for is let go. */
  accept(peer: Peer, payload: Uint8Array): void {
    const question = this.#open.get(peer);
    if (question === undefined) return;
    try {
      const answer = decodeAudit(payload);
      this.#end(peer, answer.height === question.height ? answer : "unreadable");
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#end(peer, "unreadable");
    }
  }

  /** Answers one question of a peer at a time, without keeping its other messages waiting. @throws DecodeError */
  serve(peer: Peer, payload: Uint8Array): void {
    const { audit, log } = this.#parts;
    if (!audit || !this.isAgreed(peer)) return;
    const height = decodeGetAudit(payload);
    if (this.#answering.has(peer)) return;
    this.#answering.add(peer);
    this.#answer(audit, height)
      .then((answer) => peer.connection.sendPayload("audit", encodeAudit(answer)))
      .catch((error) => log.error(`an audit for peer=${peer.id} failed: ${String(error)}`))
      .finally(() => this.#answering.delete(peer));
  }

  async #answer(audit: NetAudit, height: number): Promise<AuditAnswer> {
    const { chain } = this.#parts;
    const node = chain.at(height);
    const answer = node === null ? null : await audit.forStrangers(node);
    const { tip } = chain;
    return {
      height,
      state: answer === null ? "unknown" : answer.state,
      tipHeight: tip.height,
      tipHash: tip.hash,
      blockHash: node?.hash ?? NO_HASH,
      coins: answer?.state === "kept" ? answer.coins : NO_COIN_SUMMARY,
    };
  }

  forget(peer: Peer): void {
    this.#end(peer, "gone");
  }

  #end(peer: Peer, outcome: AuditOutcome): void {
    const question = this.#open.get(peer);
    this.#open.delete(peer);
    question?.done(outcome);
  }
}
