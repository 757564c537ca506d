import { VERIFY_MINIMALDATA } from "./flags.ts";
import { MAX_OPS_PER_SCRIPT } from "./limits.ts";
import { decodeScriptNumber, encodeScriptNumber } from "./script-number.ts";
import { SignatureHashCache } from "./signature-hash-cache.ts";
import type { SignatureVersion } from "./signature-version.ts";
import type { TaprootSpend } from "./taproot-spend.ts";
import type { TransactionContext } from "./transaction-context.ts";

/** The items of the numbers that have opcodes. Items are never changed, so all can be the same one. */
const SMALL: readonly Uint8Array[] = Array.from({ length: 17 }, (_, i) => encodeScriptNumber(i));
const FALSE = SMALL[0] as Uint8Array;
const TRUE = SMALL[1] as Uint8Array;

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
  #hashes: SignatureHashCache | null = null;

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
    this.stack.push(SMALL[value] ?? encodeScriptNumber(value));
  }

  pushBoolean(value: boolean): void {
    this.stack.push(value ? TRUE : FALSE);
  }

  /** Counts opcodes; false when there were too many. */
  countOps(count: number): boolean {
    this.#opCount += count;
    return this.#opCount <= MAX_OPS_PER_SCRIPT;
  }

  /** What an ECDSA signature with this hash type signs. */
  signatureHash(scriptCode: Uint8Array, type: number): Uint8Array {
    if (this.version === "tapscript") throw new Error("no ECDSA in tapscript");
    this.#hashes ??= new SignatureHashCache();
    return this.#hashes.hash(this.context, this.input, this.version, scriptCode, type);
  }
}
