import * as op from "../script/opcodes.ts";
import { makeMiniscript } from "./miniscript.ts";
import { isValidMiniscript, maxScriptSize } from "./miniscript-limits.ts";
import type { Miniscript } from "./miniscript-node.ts";
import { type Fragment, hasProperties, type MiniscriptContext } from "./miniscript-type.ts";
import { itemNumber, type ScriptItem, scriptItems } from "./script-items.ts";

const MAX_LOCK = 0x7fff_ffff;
const MAX_MULTISIG_KEYS = 20;
const MAX_TAPSCRIPT_KEYS = 999;
/** No more fit on the stack. */
const MAX_SUBS = 1000;

/**
 * What is still to be read or made. "one" is a single expression of type B, K or V that is no and_v();
 * "many" may be an and_v(); "w" is one below the top of the stack.
 */
type Step =
  | "one"
  | "many"
  | "more"
  | "w"
  | "if-end"
  | "if-else"
  | "if-not"
  | { readonly expect: number; readonly wrap: Fragment }
  | { readonly wrap: Fragment }
  | { readonly join: Fragment; readonly count: number; readonly k: number }
  | { readonly thresh: number; readonly k: number };

/**
 * The expression that a script is, or null. Its keys are bytes; that of a pk_h() is the hash. Core:
 * miniscript::FromScript.
 */
export function decodeMiniscript(
  script: Uint8Array,
  context: MiniscriptContext,
): Miniscript<Uint8Array> | null {
  if (script.length > maxScriptSize(context)) return null;
  const items = scriptItems(script);
  const root = items && new Decoder(items, context).decode();
  return root !== null && isValidMiniscript(root) && hasProperties(root.type, "B") ? root : null;
}

/** Reads from the end, where the opcodes stand that tell what an expression is. */
class Decoder {
  readonly #items: readonly ScriptItem[];
  readonly #context: MiniscriptContext;
  /** Items that are not read yet. */
  #left: number;
  readonly #made: Miniscript<Uint8Array>[] = [];
  readonly #todo: Step[] = ["many"];

  constructor(items: readonly ScriptItem[], context: MiniscriptContext) {
    this.#items = items;
    this.#context = context;
    this.#left = items.length;
  }

  decode(): Miniscript<Uint8Array> | null {
    for (let step = this.#todo.pop(); step !== undefined; step = this.#todo.pop()) {
      const last = this.#made.at(-1);
      if (last !== undefined && !isValidMiniscript(last)) return null;
      if (!this.#take(step)) return null;
    }
    const [root, ...others] = this.#made;
    return root === undefined || others.length > 0 || this.#left > 0 ? null : root;
  }

  /** The item `back` places before the last unread one. */
  #item(back: number): ScriptItem | undefined {
    return this.#items[this.#left - 1 - back];
  }

  #opcode(back: number): number {
    return this.#item(back)?.opcode ?? -1;
  }

  #data(back: number): Uint8Array {
    return this.#item(back)?.data ?? new Uint8Array(0);
  }

  /** Goes past items when the last ones are these opcodes, last first. */
  #skip(...opcodes: readonly number[]): boolean {
    for (const [back, opcode] of opcodes.entries()) if (this.#opcode(back) !== opcode) return false;
    this.#left -= opcodes.length;
    return true;
  }

  #push(fragment: Fragment, parts: Parameters<typeof makeMiniscript<Uint8Array>>[2] = {}): true {
    this.#made.push(makeMiniscript(this.#context, fragment, parts));
    return true;
  }

  /** Steps are done from left to right. */
  #then(...steps: readonly Step[]): true {
    for (let i = steps.length - 1; i >= 0; i--) this.#todo.push(steps[i] as Step);
    return true;
  }

  /** The last `count` made, the last first: what stands first in the script. */
  #joined(fragment: Fragment, count: number, k = 0): boolean {
    if (this.#made.length < count) return false;
    const subs = this.#made.splice(this.#made.length - count).reverse();
    if (fragment === "andor") subs.push(...subs.splice(1, 1));
    return this.#push(fragment, { subs, k });
  }

  #take(step: Step): boolean {
    switch (step) {
      case "one":
        return this.#one();
      case "many":
        return this.#then("one", "more");
      case "more":
        return this.#more();
      case "w":
        if (this.#skip(op.OP_FROMALTSTACK))
          return this.#then("many", { expect: op.OP_TOALTSTACK, wrap: "a" });
        return this.#then("many", { expect: op.OP_SWAP, wrap: "s" });
      case "if-end":
        return this.#ifEnd();
      case "if-not": {
        const join = this.#skip(op.OP_IFDUP) ? "or_d" : "or_c";
        return this.#then("one", { join, count: 2, k: 0 });
      }
      case "if-else":
        if (this.#skip(op.OP_IF)) return this.#joined("or_i", 2);
        return this.#skip(op.OP_NOTIF) && this.#then("one", { join: "andor", count: 3, k: 0 });
    }
    if ("thresh" in step) return this.#thresh(step.thresh + 1, step.k);
    if ("join" in step) return this.#joined(step.join, step.count, step.k);
    if ("expect" in step && !this.#skip(step.expect)) return false;
    return this.#joined(step.wrap, 1);
  }

  /** Whether what stands before can be the first part of an and_v(). */
  #more(): boolean {
    switch (this.#opcode(0)) {
      case -1:
      case op.OP_IF:
      case op.OP_ELSE:
      case op.OP_NOTIF:
      case op.OP_TOALTSTACK:
      case op.OP_SWAP:
        return true;
      default:
        return this.#then("many", { join: "and_v", count: 2, k: 0 });
    }
  }

  #thresh(count: number, k: number): boolean {
    if (count > MAX_SUBS) return false;
    if (this.#skip(op.OP_ADD)) return this.#then("w", { thresh: count, k });
    return k <= count && this.#then("one", { join: "thresh", count, k });
  }

  #ifEnd(): boolean {
    if (this.#skip(op.OP_ELSE)) return this.#then("many", "if-else");
    if (this.#skip(op.OP_NOTIF)) return this.#then("if-not");
    if (this.#skip(op.OP_IF, op.OP_DUP)) return this.#then({ wrap: "d" });
    return this.#skip(op.OP_IF, op.OP_0NOTEQUAL, op.OP_SIZE) && this.#then({ wrap: "j" });
  }

  #one(): boolean {
    if (this.#skip(op.OP_1)) return this.#push("1");
    if (this.#skip(op.OP_0)) return this.#push("0");
    return (
      this.#key() ??
      this.#keyHash() ??
      this.#lock() ??
      this.#hash() ??
      this.#multi() ??
      this.#tapMulti() ??
      this.#compound()
    );
  }

  /** A key of the form that the context has. */
  #isKey(data: Uint8Array): boolean {
    if (this.#context === "tapscript") return data.length === 32;
    return data.length === 33 && (data[0] === 2 || data[0] === 3);
  }

  // Each of these is null when the items do not look like it.

  #key(): boolean | null {
    const data = this.#data(0);
    if (data.length !== 32 && data.length !== 33) return null;
    if (!this.#isKey(data)) return false;
    this.#left--;
    return this.#push("pk_k", { keys: [data] });
  }

  #keyHash(): boolean | null {
    const hash = this.#data(2);
    if (hash.length !== 20 || this.#opcode(3) !== op.OP_HASH160 || this.#opcode(4) !== op.OP_DUP)
      return null;
    if (!this.#skip(op.OP_VERIFY, op.OP_EQUAL)) return null;
    this.#left -= 3;
    return this.#push("pk_h", { keys: [hash] });
  }

  #lock(): boolean | null {
    const opcode = this.#opcode(0);
    const isOlder = opcode === op.OP_CHECKSEQUENCEVERIFY;
    if (!isOlder && opcode !== op.OP_CHECKLOCKTIMEVERIFY) return null;
    const k = itemNumber(this.#item(1));
    if (k === null || k < 1 || k > MAX_LOCK) return false;
    this.#left -= 2;
    return this.#push(isOlder ? "older" : "after", { k });
  }

  #hash(): boolean | null {
    const data = this.#data(1);
    const fragment = hashFragment(this.#opcode(2), data.length);
    if (fragment === null || itemNumber(this.#item(5)) !== 32) return null;
    const fits =
      this.#opcode(0) === op.OP_EQUAL &&
      this.#opcode(3) === op.OP_VERIFY &&
      this.#opcode(4) === op.OP_EQUAL &&
      this.#opcode(6) === op.OP_SIZE;
    if (!fits) return null;
    this.#left -= 7;
    return this.#push(fragment, { data });
  }

  #multi(): boolean | null {
    if (this.#opcode(0) !== op.OP_CHECKMULTISIG) return null;
    const count = itemNumber(this.#item(1));
    if (this.#context !== "wsh" || count === null) return false;
    if (count < 1 || count > MAX_MULTISIG_KEYS) return false;
    const keys: Uint8Array[] = [];
    for (let i = count - 1; i >= 0; i--) keys.push(this.#data(2 + i));
    const k = itemNumber(this.#item(2 + count));
    if (k === null || k < 1 || k > count || !keys.every((key) => this.#isKey(key))) return false;
    this.#left -= 3 + count;
    return this.#push("multi", { keys, k });
  }

  #tapMulti(): boolean | null {
    if (this.#opcode(0) !== op.OP_NUMEQUAL) return null;
    const k = itemNumber(this.#item(1));
    if (this.#context !== "tapscript" || k === null || k < 1) return false;
    const keys: Uint8Array[] = [];
    for (let back = 2; ; back += 2) {
      const opcode = this.#opcode(back);
      const key = this.#data(back + 1);
      if (opcode !== op.OP_CHECKSIGADD && opcode !== op.OP_CHECKSIG) return false;
      if (!this.#isKey(key) || keys.length === MAX_TAPSCRIPT_KEYS) return false;
      keys.push(key);
      if (opcode === op.OP_CHECKSIG) break;
    }
    if (k > keys.length) return false;
    this.#left -= 2 + 2 * keys.length;
    return this.#push("multi_a", { keys: keys.reverse(), k });
  }

  /** Wrappers and and_b() hold no and_v(), which has the same script when it stands around them. */
  #compound(): boolean {
    if (this.#skip(op.OP_CHECKSIG)) return this.#then("one", { wrap: "c" });
    if (this.#skip(op.OP_VERIFY)) return this.#then("one", { wrap: "v" });
    if (this.#skip(op.OP_0NOTEQUAL)) return this.#then("one", { wrap: "n" });
    if (this.#skip(op.OP_ENDIF)) return this.#then("many", "if-end");
    if (this.#skip(op.OP_BOOLAND)) return this.#then("w", "one", { join: "and_b", count: 2, k: 0 });
    if (this.#skip(op.OP_BOOLOR)) return this.#then("w", "one", { join: "or_b", count: 2, k: 0 });
    const k = itemNumber(this.#item(1));
    if (this.#opcode(0) !== op.OP_EQUAL || k === null || k < 1) return false;
    this.#left -= 2;
    return this.#then({ thresh: 0, k });
  }
}

function hashFragment(opcode: number, size: number): Fragment | null {
  if (opcode === op.OP_SHA256 && size === 32) return "sha256";
  if (opcode === op.OP_HASH256 && size === 32) return "hash256";
  if (opcode === op.OP_RIPEMD160 && size === 20) return "ripemd160";
  if (opcode === op.OP_HASH160 && size === 20) return "hash160";
  return null;
}
