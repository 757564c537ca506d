import { decodeHex, isHex } from "../bytes/hex.ts";
import { type FragmentParts, makeMiniscript } from "./miniscript.ts";
import { maxScriptSize } from "./miniscript-limits.ts";
import type { Miniscript } from "./miniscript-node.ts";
import type { Fragment, MiniscriptContext } from "./miniscript-type.ts";

const MAX_LOCK = 0x7fff_ffff;
const MAX_MULTISIG_KEYS = 20;
const MAX_TAPSCRIPT_KEYS = 999;
/** No more fit on the stack. */
const MAX_SUBS = 1000;

const ARITIES: Record<string, number> = {
  and_v: 2,
  and_b: 2,
  and_n: 2,
  or_b: 2,
  or_c: 2,
  or_d: 2,
  or_i: 2,
  andor: 3,
};
const HASH_SIZES: Record<string, number> = { sha256: 32, hash256: 32, ripemd160: 20, hash160: 20 };

/** An expression whose parts are still being read. */
interface Frame<K> {
  readonly wrappers: string;
  readonly name: string;
  readonly k: number;
  readonly arity: number;
  readonly subs: Miniscript<K>[];
}

/**
 * The expression that a text means, right or not: its type tells. Null when it is no miniscript. What
 * `key` throws passes through.
 */
export function parseMiniscript<K>(
  text: string,
  context: MiniscriptContext,
  key: (text: string) => K,
): Miniscript<K> | null {
  try {
    return new Parser(text, context, key).parse();
  } catch (error) {
    if (error instanceof NotMiniscript) return null;
    throw error;
  }
}

class NotMiniscript extends Error {}

class Parser<K> {
  readonly #text: string;
  readonly #context: MiniscriptContext;
  readonly #key: (text: string) => K;
  #at = 0;
  /** Script bytes of all leaves so far: what is too large is not read to its end. */
  #leafBytes = 0;

  constructor(text: string, context: MiniscriptContext, key: (text: string) => K) {
    this.#text = text;
    this.#context = context;
    this.#key = key;
  }

  /** Without recursion, as text sets the depth. */
  parse(): Miniscript<K> {
    const frames: Frame<K>[] = [];
    for (;;) {
      const wrappers = this.#wrappers();
      const name = this.#name();
      const frame = this.#open(wrappers, name);
      if (frame !== null) {
        frames.push(frame);
        continue;
      }
      const whole = this.#close(frames, this.#wrap(this.#leaf(name), wrappers));
      if (whole !== null) return whole;
    }
  }

  /** Hands a finished expression to the one around it, and so on; null when another part follows. */
  #close(frames: Frame<K>[], finished: Miniscript<K>): Miniscript<K> | null {
    let node = finished;
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      frame.subs.push(node);
      const isFull = frame.subs.length === frame.arity;
      const next = this.#text[this.#at++];
      if (next === "," && !isFull) return null;
      if (next !== ")" || (!isFull && frame.name !== "thresh")) throw new NotMiniscript();
      frames.pop();
      node = this.#wrap(this.#build(frame), frame.wrappers);
    }
    if (this.#at !== this.#text.length) throw new NotMiniscript();
    return node;
  }

  #make(fragment: Fragment, parts?: FragmentParts<K>): Miniscript<K> {
    const node = makeMiniscript(this.#context, fragment, parts);
    if (node.subs.length === 0) this.#leafBytes += node.scriptSize;
    const size = Math.max(node.scriptSize, this.#leafBytes);
    if (size > maxScriptSize(this.#context)) throw new NotMiniscript();
    return node;
  }

  /** The letters before a colon, or none. */
  #wrappers(): string {
    let end = this.#at;
    while (/^[a-z]$/.test(this.#text[end] ?? "")) end++;
    if (end === this.#at || this.#text[end] !== ":") return "";
    const letters = this.#text.slice(this.#at, end);
    if (/[^asctdvjnlu]|vv/.test(letters)) throw new NotMiniscript();
    this.#at = end + 1;
    return letters;
  }

  #wrap(inner: Miniscript<K>, letters: string): Miniscript<K> {
    let node = inner;
    for (let i = letters.length - 1; i >= 0; i--) {
      const letter = letters[i] as string;
      if (letter === "t") node = this.#make("and_v", { subs: [node, this.#make("1")] });
      else if (letter === "l") node = this.#make("or_i", { subs: [this.#make("0"), node] });
      else if (letter === "u") node = this.#make("or_i", { subs: [node, this.#make("0")] });
      else node = this.#make(letter as Fragment, { subs: [node] });
    }
    return node;
  }

  /** The name of a function, whose bracket is read as well, or "0" or "1". */
  #name(): string {
    const constant = this.#text[this.#at];
    if (constant === "0" || constant === "1") {
      this.#at++;
      return constant;
    }
    const open = this.#text.indexOf("(", this.#at);
    // The longest name has nine letters.
    if (open < 0 || open - this.#at > 9) throw new NotMiniscript();
    const name = this.#text.slice(this.#at, open);
    this.#at = open + 1;
    return name;
  }

  /** What is read next goes into the frame; null for an expression without parts. */
  #open(wrappers: string, name: string): Frame<K> | null {
    if (name !== "thresh") {
      const arity = Object.hasOwn(ARITIES, name) ? (ARITIES[name] as number) : 0;
      return arity === 0 ? null : { wrappers, name, k: 0, arity, subs: [] };
    }
    return { wrappers, name, k: this.#number(this.#until(",")), arity: MAX_SUBS, subs: [] };
  }

  #build({ name, k, subs }: Frame<K>): Miniscript<K> {
    if (name === "and_n") return this.#make("andor", { subs: [...subs, this.#make("0")] });
    if (k > subs.length) throw new NotMiniscript();
    return this.#make(name as Fragment, { subs, k });
  }

  #leaf(name: string): Miniscript<K> {
    switch (name) {
      case "0":
      case "1":
        return this.#make(name);
      case "pk":
        return this.#make("c", { subs: [this.#leaf("pk_k")] });
      case "pkh":
        return this.#make("c", { subs: [this.#leaf("pk_h")] });
      case "pk_k":
      case "pk_h":
        return this.#make(name, { keys: [this.#key(this.#until(")"))] });
      case "older":
      case "after":
        return this.#make(name, { k: this.#number(this.#until(")")) });
      case "sha256":
      case "hash256":
      case "ripemd160":
      case "hash160":
        return this.#make(name, { data: this.#hash(HASH_SIZES[name] as number) });
      case "multi":
      case "multi_a":
        return this.#multi(name);
      default:
        throw new NotMiniscript();
    }
  }

  #multi(name: "multi" | "multi_a"): Miniscript<K> {
    if ((name === "multi_a") !== (this.#context === "tapscript")) throw new NotMiniscript();
    const k = this.#number(this.#until(","));
    const texts = this.#until(")").split(",");
    const keys = texts.map((text) => {
      if (text === "") throw new NotMiniscript();
      return this.#key(text);
    });
    const most = name === "multi_a" ? MAX_TAPSCRIPT_KEYS : MAX_MULTISIG_KEYS;
    if (keys.length > most || k > keys.length) throw new NotMiniscript();
    return this.#make(name, { keys, k });
  }

  /** The text before a mark, inside of these brackets; not empty. */
  #until(mark: "," | ")"): string {
    const end = this.#text.indexOf(mark, this.#at);
    const text = this.#text.slice(this.#at, end);
    if (end <= this.#at || (mark === "," && text.includes(")"))) throw new NotMiniscript();
    this.#at = end + 1;
    return text;
  }

  #number(text: string): number {
    const value = /^0*[0-9]{1,10}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > MAX_LOCK) throw new NotMiniscript();
    return value;
  }

  #hash(size: number): Uint8Array {
    const text = this.#until(")");
    if (text.length !== 2 * size || !isHex(text)) throw new NotMiniscript();
    return decodeHex(text);
  }
}
