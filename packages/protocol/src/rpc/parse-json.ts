import { DecodeError } from "../bytes/decode-error.ts";
import { type Json, JsonNumber, JsonObject } from "./json.ts";

/** Nesting that is still read. Core: MAX_JSON_DEPTH. */
const MAX_DEPTH = 512;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const WORD = /null|true|false/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * The value that a JSON text (RFC 8259) stands for, with numbers as their text.
 * Anything may stand at the top; at most 512 levels are open at a time.
 *
 * @throws DecodeError on what is no JSON
 */
export function parseJson(text: string): Json {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Json {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at !== this.#text.length) throw this.#fault("text after the value");
    return value;
  }

  #value(): Json {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "n":
      case "t":
      case "f":
        return this.#word();
      default:
        return this.#number();
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.#fault("nested too deep");
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const entries: [string, Json][] = [];
    if (this.#take("}")) return new JsonObject(entries);
    do {
      this.#skipSpace();
      const name = this.#string();
      this.#need(":");
      entries.push([name, this.#value()]);
    } while (this.#take(","));
    this.#need("}");
    return new JsonObject(entries);
  }

  #array(): Json[] {
    const values: Json[] = [];
    if (this.#take("]")) return values;
    do values.push(this.#value());
    while (this.#take(","));
    this.#need("]");
    return values;
  }

  /** A string without escapes is one slice of the text; blocks of megabytes come this way. */
  #string(): string {
    if (this.#text[this.#at] !== '"') throw this.#fault("no string");
    let from = this.#at + 1;
    let value = "";
    for (let at = from; ; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        value += this.#text.slice(from, at);
        if (LONE_SURROGATE.test(value)) throw this.#fault("half of a surrogate pair");
        return value;
      }
      if (!(code >= 0x20)) throw this.#fault("string not closed, or a control character in it");
      if (code !== 0x5c) continue;
      value += this.#text.slice(from, at);
      this.#at = at + 1;
      value += this.#escape();
      from = this.#at;
      at = from - 1;
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? "";
    if (letter !== "u") {
      const plain = ESCAPES[letter];
      if (plain === undefined) throw this.#fault("unknown escape");
      return plain;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#fault("no four hex digits");
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #word(): null | boolean {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0];
    if (word === undefined) throw this.#fault("unknown word");
    this.#at += word.length;
    return word === "null" ? null : word === "true";
  }

  #number(): JsonNumber {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) throw this.#fault("no value");
    this.#at += text.length;
    return new JsonNumber(text);
  }

  #take(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #need(mark: string): void {
    if (!this.#take(mark)) throw this.#fault(`no "${mark}"`);
  }

  #skipSpace(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  #fault(what: string): DecodeError {
    return new DecodeError(`JSON: ${what} at position ${this.#at}`);
  }
}
