import { equalBytes } from "../bytes/compare.ts";
import { VERIFY_MINIMALDATA } from "./flags.ts";
import { MAX_OPS_PER_SCRIPT } from "./limits.ts";
import { decodeScriptNumber, encodeScriptNumber } from "./script-number.ts";
import { signatureHashLegacy, signatureHashV0 } from "./signature-hash.ts";
import type { SignatureVersion } from "./signature-version.ts";
import type { TaprootSpend } from "./taproot-spend.ts";
import type { TransactionContext } from "./transaction-context.ts";

/** The item of false. Items are never changed, so all can be the same one. */
const FALSE: Uint8Array = new Uint8Array(0);
/** The item of true. */
const TRUE: Uint8Array = Uint8Array.of(1);

/** A hash made before in the same script, and of which part of it. */
interface KnownHash {
  readonly scriptCode: Uint8Array;
  readonly hash: Uint8Array;
}

/** What a script that runs can see and change. Items of the stacks are never changed, only replaced. */
export class Machine {
  readonly context: TransactionContext;
  readonly input: number;
  readonly flags: number;
  readonly version: SignatureVersion;
  /** Only with version "tapscript". */
  readonly spend: TaprootSpend | null;
  readonly script: Uint8Array;
  readonly stack: Uint8Array[];
  readonly altStack: Uint8Array[] = [];
  readonly minimal: boolean;
  /** Counted opcodes so far. */
  #opCount = 0;
  /** The script from the last executed OP_CODESEPARATOR on. */
  scriptCode: Uint8Array;
  #hashes: Map<number, KnownHash> | null = null;

  constructor(
    context: TransactionContext,
    input: number,
    flags: number,
    version: SignatureVersion,
    spend: TaprootSpend | null,
    script: Uint8Array,
    stack: Uint8Array[],
  ) {
    this.context = context;
    this.input = input;
    this.flags = flags;
    this.version = version;
    this.spend = spend;
    this.script = script;
    this.stack = stack;
    this.minimal = (flags & VERIFY_MINIMALDATA) !== 0;
    this.scriptCode = script;
  }

  /** The item at `depth`, 1 being the top. The caller has checked that it is there. */
  peek(depth: number): Uint8Array {
    return this.stack[this.stack.length - depth] as Uint8Array;
  }

  /** Takes `count` items off the stack. */
  drop(count: number): void {
    for (let i = 0; i < count; i++) this.stack.pop();
  }

  /** The number at `depth`, null when it is none. */
  peekNumber(depth: number, maxSize?: number): number | null {
    return decodeScriptNumber(this.peek(depth), this.minimal, maxSize);
  }

  pushNumber(value: number): void {
    this.stack.push(value === 0 ? FALSE : value === 1 ? TRUE : encodeScriptNumber(value));
  }

  pushBoolean(value: boolean): void {
    this.stack.push(value ? TRUE : FALSE);
  }

  /** Counts opcodes; false when there were too many. */
  countOps(count: number): boolean {
    this.#opCount += count;
    return this.#opCount <= MAX_OPS_PER_SCRIPT;
  }

  /**
   * What an ECDSA signature with this hash type signs. Checks of one script often ask for the same
   * again, and in a large transaction each costs as much as all of it (CVE-2013-2292); so it is kept.
   * Core: SigHashCache.
   */
  signatureHash(scriptCode: Uint8Array, type: number): Uint8Array {
    this.#hashes ??= new Map();
    const known = this.#hashes.get(type);
    if (known !== undefined && isSame(known.scriptCode, scriptCode)) return known.hash;
    const make = this.version === "base" ? signatureHashLegacy : signatureHashV0;
    const hash = make(this.context, this.input, scriptCode, type);
    this.#hashes.set(type, { scriptCode, hash });
    return hash;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || equalBytes(a, b);
}
