import {
  ecdsaLengthsFit,
  type SignatureChecks,
  schnorrLengthsFit,
  tweakLengthsFit,
} from "@compeer/protocol/crypto/signature-backend";
import { ECDSA, SCHNORR, type SignatureQueue, TWEAK_EVEN, TWEAK_ODD } from "./signature-queue.ts";

/** Answers to the first checks that an input asks for. */
export type Answers = readonly boolean[];

const NONE: Answers = [];

/**
 * Answers checks with "right" and puts them into a queue, to be done later. What a script comes to on
 * these answers it comes to in truth when all of them turn out right: it would have asked the same.
 * When one does not, the script is run again with the answers that are known by then.
 */
export class DeferredChecks implements SignatureChecks {
  readonly #queue: SignatureQueue;
  /** Answers when the queue is full. */
  readonly #backend: SignatureChecks;
  /** The input that asked, of each check in the queue. */
  readonly #rows: Uint32Array;
  /** What was known of inputs when they began. */
  readonly #told = new Map<number, Answers>();
  #row = 0;
  #answers: Answers = NONE;
  /** How many of them this input has asked for. */
  #asked = 0;

  constructor(queue: SignatureQueue, backend: SignatureChecks) {
    this.#queue = queue;
    this.#backend = backend;
    this.#rows = new Uint32Array(queue.room);
  }

  /**
   * @param row the input that asks from now on, by its number in the whole table
   * @param answers what is known of it
   */
  begin(row: number, answers: Answers = NONE): void {
    this.#row = row;
    this.#answers = answers;
    this.#asked = 0;
    if (answers !== NONE) this.#told.set(row, answers);
  }

  verifyEcdsa(sig64: Uint8Array, hash32: Uint8Array, pubkey: Uint8Array): boolean {
    if (!ecdsaLengthsFit(sig64, hash32, pubkey)) return false;
    return (
      this.#nextAnswer() ??
      (this.#defer(ECDSA, sig64, hash32, pubkey) ||
        this.#backend.verifyEcdsa(sig64, hash32, pubkey))
    );
  }

  verifySchnorr(sig64: Uint8Array, hash32: Uint8Array, pubkeyX32: Uint8Array): boolean {
    if (!schnorrLengthsFit(sig64, hash32, pubkeyX32)) return false;
    return (
      this.#nextAnswer() ??
      (this.#defer(SCHNORR, sig64, hash32, pubkeyX32) ||
        this.#backend.verifySchnorr(sig64, hash32, pubkeyX32))
    );
  }

  checkTapTweak(
    internalX32: Uint8Array,
    tweak32: Uint8Array,
    outputX32: Uint8Array,
    parity: 0 | 1,
  ): boolean {
    if (!tweakLengthsFit(internalX32, tweak32, outputX32)) return false;
    const kind = parity === 1 ? TWEAK_ODD : TWEAK_EVEN;
    return (
      this.#nextAnswer() ??
      (this.#defer(kind, outputX32, tweak32, internalX32) ||
        this.#backend.checkTapTweak(internalX32, tweak32, outputX32, parity))
    );
  }

  /**
   * The inputs of which a check was wrong or was not answered, in order, with the answers that are known
   * of each now: up to the wrong one, as what it asked behind that it may never ask in truth. Asked when
   * the queue is finished.
   */
  mistaken(): Map<number, Answers> {
    const mistaken = new Map<number, Answers>();
    const queue = this.#queue;
    let check = queue.nextNotRight(0);
    for (; check < queue.length; check = queue.nextNotRight(check + 1)) {
      const row = this.#rows[check] as number;
      if (mistaken.has(row)) continue;
      const answer = queue.answerTo(check);
      const right = new Array<boolean>(this.#checksBefore(check)).fill(true);
      const wrong = answer === null ? [] : [answer];
      mistaken.set(row, [...(this.#told.get(row) ?? NONE), ...right, ...wrong]);
    }
    return mistaken;
  }

  /** Number of checks of the same input before this one. */
  #checksBefore(check: number): number {
    let first = check;
    while (first > 0 && this.#rows[first - 1] === this.#rows[check]) first--;
    return check - first;
  }

  #nextAnswer(): boolean | undefined {
    return this.#answers[this.#asked++];
  }

  /** False when there is no room. */
  #defer(kind: number, first: Uint8Array, hash: Uint8Array, key: Uint8Array): boolean {
    const queue = this.#queue;
    if (queue.length === queue.room) return false;
    this.#rows[queue.length] = this.#row;
    queue.put(kind, first, hash, key);
    return true;
  }
}
