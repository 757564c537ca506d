import type { SignatureChecks } from "@compeer/protocol/crypto/signature-backend";

/** What a check asks: which question of a backend, and with TWEAK_EVEN and TWEAK_ODD the parity. */
export const ECDSA = 0;
export const SCHNORR = 1;
export const TWEAK_EVEN = 2;
export const TWEAK_ODD = 3;

/** Words of `control`, which all threads share and change by Atomics only. */
const PUT = 0;
const TAKEN = 1;
const ANSWERED = 2;
const CONTROL_SIZE = 16;

/** Where the parts of a check lie among its bytes: a signature or an output key comes first. */
const KIND = 0;
const KEY_LENGTH = 1;
const ANSWER = 2;
const FIRST = 4;
const HASH = 68;
const KEY = 100;
const CHECK_SIZE = 168;

/** Answers. The memory begins with zeros: a thread that breaks leaves none. */
const RIGHT = 1;
const WRONG = 2;

/** Checks that a thread takes at a time. */
const BATCH = 16;
/** Threads that wait are woken once for so many checks. */
const WAKE_EVERY = 64;
/** A thread that has answered nothing for so long is given up, ms: a batch takes one of them. */
const PATIENCE = 250;

/** Signature checks in shared memory. One thread puts them and closes the queue, all answer them. */
export class SignatureQueue {
  readonly memory: SharedArrayBuffer;
  /** Number of checks there is room for. */
  readonly room: number;
  readonly #control: Int32Array;
  readonly #checks: Uint8Array;
  /** Number of checks that this thread put. */
  #length = 0;

  /** @param memory of a queue made by `withRoom` */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.room = (memory.byteLength - CONTROL_SIZE) / CHECK_SIZE;
    this.#control = new Int32Array(memory, 0, CONTROL_SIZE / 4);
    this.#checks = new Uint8Array(memory, CONTROL_SIZE);
  }

  static withRoom(checks: number): SignatureQueue {
    return new SignatureQueue(new SharedArrayBuffer(CONTROL_SIZE + CHECK_SIZE * checks));
  }

  get length(): number {
    return this.#length;
  }

  /** @param first signature of 64 bytes, or the output key of a tweak */
  put(kind: number, first: Uint8Array, hash32: Uint8Array, key: Uint8Array): void {
    const checks = this.#checks;
    const at = CHECK_SIZE * this.#length++;
    checks[at + KIND] = kind;
    checks[at + KEY_LENGTH] = key.length;
    checks.set(first, at + FIRST);
    checks.set(hash32, at + HASH);
    checks.set(key, at + KEY);
    Atomics.store(this.#control, PUT, this.#length);
    if (this.#length % WAKE_EVERY === 0) Atomics.notify(this.#control, PUT);
  }

  /** No more checks will come: who answers may leave when none is left. */
  close(): void {
    Atomics.store(this.#control, PUT, ~this.#length);
    Atomics.notify(this.#control, PUT);
  }

  /** Takes away what is not answered yet, and closes. */
  abandon(): void {
    Atomics.store(this.#control, TAKEN, this.#length);
    this.close();
  }

  /** Answers checks, waiting for them, until the queue is closed and none is left. */
  answer(backend: SignatureChecks): void {
    const control = this.#control;
    for (;;) {
      const state = Atomics.load(control, PUT);
      const put = state < 0 ? ~state : state; // as complement once it is closed
      const start = Atomics.load(control, TAKEN);
      if (start < put) {
        const stop = Math.min(start + BATCH, put);
        if (Atomics.compareExchange(control, TAKEN, start, stop) !== start) continue;
        for (let check = start; check < stop; check++) this.#answerOne(check, backend);
        Atomics.add(control, ANSWERED, stop - start);
        Atomics.notify(control, ANSWERED);
      } else if (state < 0) return;
      else Atomics.wait(control, PUT, state);
    }
  }

  /**
   * As `answer`, then waits for what other threads have taken, without a pause. A thread that has ended
   * meanwhile leaves checks without an answer.
   */
  finish(backend: SignatureChecks): void {
    this.answer(backend);
    for (;;) {
      const answered = Atomics.load(this.#control, ANSWERED);
      if (answered === this.#length) return;
      if (Atomics.wait(this.#control, ANSWERED, answered, PATIENCE) === "timed-out") return;
    }
  }

  /** The first check from `check` on that is not found right; `length` when all are. */
  nextNotRight(check: number): number {
    let at = CHECK_SIZE * check + ANSWER;
    const end = CHECK_SIZE * this.#length;
    while (at < end && this.#checks[at] === RIGHT) at += CHECK_SIZE;
    return (at - ANSWER) / CHECK_SIZE;
  }

  /** What somebody found, null when nobody did. */
  answerTo(check: number): boolean | null {
    const answer = this.#checks[CHECK_SIZE * check + ANSWER];
    return answer === RIGHT || (answer === WRONG ? false : null);
  }

  #answerOne(check: number, backend: SignatureChecks): void {
    const checks = this.#checks;
    const at = CHECK_SIZE * check;
    const keyLength = checks[at + KEY_LENGTH] as number;
    const signature = checks.subarray(at + FIRST, at + HASH);
    const hash = checks.subarray(at + HASH, at + KEY);
    const key = checks.subarray(at + KEY, at + KEY + keyLength);
    const kind = checks[at + KIND] as number;
    checks[at + ANSWER] = isRight(backend, kind, signature, hash, key) ? RIGHT : WRONG;
  }
}

function isRight(
  backend: SignatureChecks,
  kind: number,
  first: Uint8Array,
  hash: Uint8Array,
  key: Uint8Array,
): boolean {
  if (kind === ECDSA) return backend.verifyEcdsa(first, hash, key);
  if (kind === SCHNORR) return backend.verifySchnorr(first, hash, key);
  return backend.checkTapTweak(key, hash, first.subarray(0, 32), kind === TWEAK_ODD ? 1 : 0);
}
