import { encodeHex } from "@compeer/protocol/bytes/hex";
import { publicKey } from "@compeer/protocol/crypto/keys";
import type { Random } from "./random.ts";

const KEYS = Array.from({ length: 60 }, (_, index) =>
  encodeHex(publicKey(new Uint8Array(32).fill(index + 1))),
);
const LOCKS = [1, 9, 16, 17, 144, 1000, 4194305, 500000001, 1700000000] as const;
const HASHES = { sha256: 32, hash256: 32, ripemd160: 20, hash160: 20 } as const;

/** Texts of miniscript, about half of them sane: parts mostly have the type that is asked for. */
export class RandomMiniscript {
  readonly #random: Random;
  readonly #multi: "multi" | "multi_a";
  #used: number;

  constructor(random: Random, context: "wsh" | "tapscript") {
    this.#random = random;
    this.#multi = context === "wsh" ? "multi" : "multi_a";
    this.#used = random.below(KEYS.length);
  }

  /** An expression of base type B. */
  text(depth: number): string {
    return this.#of("B", depth);
  }

  #of(type: "B" | "V" | "K" | "W", depth: number): string {
    if (this.#random.oneIn(30))
      return wrap(this.#random.pick([..."asctdvjnlu"]), this.#any(depth - 1));
    switch (type) {
      case "W":
        return this.#random.oneIn(2)
          ? wrap("a", this.#of("B", depth - 1))
          : wrap("s", this.#one(depth - 1));
      case "V":
        return this.#verify(depth);
      case "K":
        return this.#key(depth);
      case "B":
        return depth <= 0 ? this.#leaf() : this.#base(depth - 1);
    }
  }

  #any(depth: number): string {
    return this.#of(this.#random.pick(["B", "V", "K", "W"] as const), depth);
  }

  /** Mostly one that takes a single item. */
  #one(depth: number): string {
    return this.#random.oneIn(3) ? this.#of("B", depth) : `pk(${this.#name()})`;
  }

  /** Mostly one that can be dissatisfied. */
  #maybe(depth: number): string {
    return this.#random.oneIn(4)
      ? this.#of("B", depth)
      : this.#random.pick([() => this.#one(depth), () => this.#leaf()])();
  }

  #verify(depth: number): string {
    const next = depth - 1;
    switch (depth <= 0 ? 0 : this.#random.below(4)) {
      case 0:
        return wrap("v", this.#of("B", next));
      case 1:
        return `and_v(${this.#of("V", next)},${this.#of("V", next)})`;
      case 2:
        return `or_c(${this.#maybe(next)},${this.#of("V", next)})`;
      default:
        return `or_i(${this.#of("V", next)},${this.#of("V", next)})`;
    }
  }

  #key(depth: number): string {
    switch (this.#random.below(depth <= 0 ? 2 : 4)) {
      case 0:
        return `pk_k(${this.#name()})`;
      case 1:
        return `pk_h(${this.#name()})`;
      case 2:
        return `and_v(${this.#of("V", depth - 1)},${this.#of("K", depth - 1)})`;
      default:
        return `or_i(${this.#of("K", depth - 1)},${this.#of("K", depth - 1)})`;
    }
  }

  #leaf(): string {
    const random = this.#random;
    switch (random.below(9)) {
      case 0:
        return `pkh(${this.#name()})`;
      case 1:
        return `older(${random.pick(LOCKS)})`;
      case 2:
        return `after(${random.pick(LOCKS)})`;
      case 3: {
        const name = random.pick(["sha256", "hash256", "ripemd160", "hash160"] as const);
        return `${name}(${encodeHex(random.bytes(HASHES[name]))})`;
      }
      case 4: {
        const count = 1 + random.below(3);
        const keys = Array.from({ length: count }, () => this.#name());
        return `${this.#multi}(${1 + random.below(count)},${keys.join(",")})`;
      }
      case 5:
        return random.pick(["0", "1"]);
      default:
        return `pk(${this.#name()})`;
    }
  }

  #base(depth: number): string {
    const random = this.#random;
    const b = (): string => this.#of("B", depth);
    switch (random.below(12)) {
      case 0:
        return wrap("c", this.#of("K", depth));
      case 1:
        return `and_v(${this.#of("V", depth)},${b()})`;
      case 2:
        return `and_b(${b()},${this.#of("W", depth)})`;
      case 3:
        return `or_b(${this.#maybe(depth)},${this.#of("W", depth)})`;
      case 4:
        return `or_d(${this.#maybe(depth)},${b()})`;
      case 5:
        return `or_i(${b()},${b()})`;
      case 6:
        return `andor(${this.#maybe(depth)},${b()},${b()})`;
      case 7:
        return `and_n(${this.#maybe(depth)},${b()})`;
      case 8: {
        const others = Array.from({ length: random.below(4) }, () =>
          wrap(random.pick(["a", "s"]), this.#maybe(depth)),
        );
        const list = [this.#maybe(depth), ...others];
        return `thresh(${1 + random.below(list.length)},${list.join(",")})`;
      }
      case 9:
        return wrap(random.pick(["j", "l", "u", "t", "n", "dv"]), b());
      default:
        return this.#leaf();
    }
  }

  /** Seldom one that was used before. */
  #name(): string {
    const place = this.#random.oneIn(40) ? this.#random.below(3) : this.#used++ % KEYS.length;
    return KEYS[place] as string;
  }
}

function wrap(letters: string, text: string): string {
  return /^[a-z]+:/.test(text) ? letters + text : `${letters}:${text}`;
}
