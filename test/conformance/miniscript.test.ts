import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { encodeTransaction } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { encodeDer } from "@compeer/protocol/crypto/der";
import { hash160, ripemd160 } from "@compeer/protocol/crypto/hash160";
import { publicKey, signEcdsa, signSchnorr } from "@compeer/protocol/crypto/keys";
import { type SignatureBackend, signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { sha256, sha256d } from "@compeer/protocol/crypto/sha256";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { STANDARD_FLAGS } from "@compeer/protocol/script/flags";
import { OP_0, OP_1 } from "@compeer/protocol/script/opcodes";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyScript } from "@compeer/protocol/script/verify-script";
import { checkMiniscript } from "@compeer/protocol/wallet/check-miniscript";
import { decodeMiniscript } from "@compeer/protocol/wallet/decode-miniscript";
import { formatMiniscript } from "@compeer/protocol/wallet/format-miniscript";
import {
  fitsLimits,
  isValidMiniscript,
  maxExecutedItems,
  maxOpcodes,
  maxStackItems,
} from "@compeer/protocol/wallet/miniscript-limits";
import type { Miniscript } from "@compeer/protocol/wallet/miniscript-node";
import { miniscriptScript } from "@compeer/protocol/wallet/miniscript-script";
import { hasProperties, type MiniscriptContext } from "@compeer/protocol/wallet/miniscript-type";
import { parseMiniscript } from "@compeer/protocol/wallet/parse-miniscript";
import { type Satisfier, satisfyScript } from "@compeer/protocol/wallet/satisfy-script";
import { buildTaprootTree } from "@compeer/protocol/wallet/taproot-tree";
import { readJsonVector, readVector, vectorsMissing } from "../testing/vectors.ts";

interface Case {
  readonly miniscript: string;
  readonly p2wsh_hex: string;
  readonly tapscript_hex: string;
  readonly flags: readonly string[];
  /** Opcodes, items, witness bytes in v0 and tapscript, items while executed; as C++ wrote them. */
  readonly limits: readonly string[];
}

const cases: readonly Case[] =
  vectorsMissing === false ? readJsonVector("core/derived/miniscript_tests.json") : [];
const CONTEXTS: readonly MiniscriptContext[] = ["wsh", "tapscript"];

function parse(text: string, context: MiniscriptContext): Miniscript<Uint8Array> | null {
  const isTapscript = context === "tapscript";
  return parseMiniscript(text, context, (key) => decodeHex(key).subarray(isTapscript ? 1 : 0));
}

function scriptOfNode(node: Miniscript<Uint8Array>): Uint8Array {
  return miniscriptScript(node, { key: (key) => key, keyHash: (key) => hash160(key) });
}

/** "1 + 3 * 73" and the like. */
function evaluate(sum: string): number {
  const product = (text: string): number =>
    text.split("*").reduce((value, factor) => value * Number(factor), 1);
  return sum.split("+").reduce((value, term) => value + product(term), 0);
}

function checkLimits(node: Miniscript<Uint8Array>, limits: readonly string[]): void {
  const isTapscript = node.context === "tapscript";
  const [opcodes, items, wsh, tapscript, executed] = limits;
  const known = (limit: string | undefined): limit is string =>
    limit !== undefined && /^[0-9 *+]+$/.test(limit) && limit !== "-1";
  if (known(opcodes)) assert.equal(maxOpcodes(node), evaluate(opcodes));
  if (known(items)) assert.equal(maxStackItems(node), evaluate(items));
  const witness = isTapscript ? tapscript : wsh;
  if (known(witness)) assert.equal(node.witness.sat, evaluate(witness));
  if (known(executed)) assert.equal(maxExecutedItems(node), evaluate(executed));
}

/** The secret n is the number n in 32 bytes; so is the preimage n. */
const NUMBERS = Array.from({ length: 255 }, (_, index) => {
  const bytes = new Uint8Array(32);
  bytes[31] = index + 1;
  return bytes;
});

/** What is known of each key and hash, by its hex. */
const ecdsa = new Map<string, Uint8Array>();
const schnorr = new Map<string, Uint8Array>();
const keysByHash = new Map<string, Uint8Array>();
const preimages = new Map<string, Uint8Array>();

function fill(): void {
  const message = new Uint8Array(32).fill(1);
  for (const number of NUMBERS) {
    const key = publicKey(number);
    const x = key.subarray(1);
    for (const hash of [sha256, sha256d, ripemd160, hash160])
      preimages.set(encodeHex(hash(number)), number);
    for (const form of [key, x]) keysByHash.set(encodeHex(hash160(form)), form);
    const der = encodeDer(signEcdsa(message, number));
    ecdsa.set(encodeHex(key), Uint8Array.of(...der, 1));
    schnorr.set(
      encodeHex(x),
      Uint8Array.of(...signSchnorr(message, number, new Uint8Array(32)), 1),
    );
  }
}

/** Signatures are right when they are the ones above; taproot is checked in earnest. */
const backend: SignatureBackend = {
  ...signatureBackend(),
  verifyEcdsa: (_, __, key) => ecdsa.has(encodeHex(key)),
  verifySchnorr: (sig, _, key) =>
    encodeHex(schnorr.get(encodeHex(key)) ?? new Uint8Array(0)).startsWith(encodeHex(sig)),
};

/** Same answers on every run. */
class Dice {
  #state = 12345;

  /** True in one of two. */
  next(): boolean {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) & 0x7fffffff;
    return (this.#state >>> 16) % 2 === 0;
  }
}

const LOCKS: readonly (readonly [lockTime: number, sequence: number])[] = [
  [0, 0],
  [499_999_999, 0xffff],
  [1_700_000_000, 0xffff],
  [499_999_999, 0x40ffff],
  [1_700_000_000, 0x40ffff],
];

function satisfier(
  lockTime: number,
  sequence: number,
  knows: (name: string) => boolean,
): Satisfier {
  const find = (map: Map<string, Uint8Array>, bytes: Uint8Array): Uint8Array | null => {
    const name = encodeHex(bytes);
    return knows(name) ? (map.get(name) ?? null) : null;
  };
  return {
    ecdsa: (key) => find(ecdsa, key),
    schnorr: (key) => find(schnorr, key),
    keyOfHash: (hash) => keysByHash.get(encodeHex(hash)) ?? null,
    preimage: (_, hash) => find(preimages, hash),
    isAfter: (lock) => lock < 500_000_000 === lockTime < 500_000_000 && lock <= lockTime,
    isOlder: (lock) =>
      (lock & 0x400000) === (sequence & 0x400000) && (lock & 0xffff) <= (sequence & 0xffff),
  };
}

function context(lockTime: number, sequence: number): TransactionContext {
  const prevout = { txid: new Uint8Array(32), index: 0 };
  const script = new Uint8Array(0);
  const raw = encodeTransaction({
    version: 2,
    inputs: [{ prevout, script, sequence, witness: [] }],
    outputs: [{ value: 1, script }],
    lockTime,
  });
  const coins = new SpentCoins(1);
  coins.setCoin(0, { value: 1, script, height: 1, coinbase: false });
  return new TransactionContext(parseTransaction(raw), coins, backend);
}

/** Runs a stack against the output that pays to the script. */
function run(
  script: Uint8Array,
  kind: MiniscriptContext,
  stack: readonly Uint8Array[],
  lock: (typeof LOCKS)[number],
): string | null {
  const none = new Uint8Array(0);
  if (kind === "wsh") {
    const output = scriptOf(OP_0, sha256(script));
    return verifyScript(context(...lock), 0, STANDARD_FLAGS, none, output, [...stack, script]);
  }
  const tree = buildTaprootTree(publicKey(NUMBERS[99] as Uint8Array).subarray(1), script);
  const output = scriptOf(OP_1, tree.outputKey);
  const witness = [...stack, script, tree.leaves[0]?.controlBlock as Uint8Array];
  return verifyScript(context(...lock), 0, STANDARD_FLAGS, none, output, witness);
}

function witnessSize(stack: readonly Uint8Array[]): number {
  return stack.reduce((size, item) => size + item.length + 1, 0);
}

/** Tries subsets of what could be known; every stack that is found must do. */
function trySatisfactions(node: Miniscript<Uint8Array>, dice: Dice): number {
  const script = scriptOfNode(node);
  const isSane = checkMiniscript(node, encodeHex) === null;
  let found = 0;
  let wholes = 0;
  for (const lock of LOCKS)
    for (let round = 0; round < 6; round++) {
      const chosen = new Map<string, boolean>();
      const knows = (name: string): boolean => {
        if (round === 0) return true;
        if (!chosen.has(name)) chosen.set(name, dice.next());
        return chosen.get(name) as boolean;
      };
      const stack = satisfyScript(script, node.context, satisfier(...lock, knows));
      if (stack === null) continue;
      found++;
      if (round === 0) wholes++;
      assert.ok(stack.length <= maxStackItems(node));
      assert.ok(witnessSize(stack) <= node.witness.sat);
      if (fitsLimits(node)) assert.equal(run(script, node.context, stack, lock), null);
    }
  if (isSane) assert.ok(wholes > 0, "sane, and yet nothing satisfies it");
  return found;
}

describe("miniscripts of Core's miniscript_tests", { skip: vectorsMissing }, () => {
  for (const kind of CONTEXTS)
    it(`${kind}: is valid or not, typed, bounded and written as Core has it`, (t) => {
      let valid = 0;
      for (const { miniscript, flags, limits, ...scripts } of cases) {
        const node = parse(miniscript, kind);
        const wrong = kind === "wsh" ? "P2WSH_INVALID" : "TAPSCRIPT_INVALID";
        if (flags.includes("INVALID") || flags.includes(wrong)) {
          assert.ok(node === null || !isValidMiniscript(node), miniscript);
          continue;
        }
        assert.ok(node !== null && isValidMiniscript(node), miniscript);
        valid++;
        assert.equal(hasProperties(node.type, "B"), true, miniscript);
        assert.equal(hasProperties(node.type, "m"), flags.includes("NONMAL"), miniscript);
        assert.equal(hasProperties(node.type, "s"), flags.includes("NEEDSIG"), miniscript);
        assert.equal(hasProperties(node.type, "k"), !flags.includes("TIMELOCKMIX"), miniscript);
        const script = scriptOfNode(node);
        assert.equal(script.length, node.scriptSize, miniscript);
        const same = kind === "wsh" || scripts.tapscript_hex === "=";
        const expected = same ? scripts.p2wsh_hex : scripts.tapscript_hex;
        if (expected !== "?") assert.equal(encodeHex(script), expected, miniscript);
        const decoded = decodeMiniscript(script, kind);
        assert.ok(decoded !== null, miniscript);
        const again = miniscriptScript(decoded, {
          key: (key) => key,
          keyHash: (hash) => hash,
        });
        assert.equal(encodeHex(again), encodeHex(script), miniscript);
        const text = formatMiniscript(node, (key) => encodeHex(key));
        const reread = parseMiniscript(text, kind, (key) => decodeHex(key));
        assert.ok(reread !== null && encodeHex(scriptOfNode(reread)) === encodeHex(script), text);
        checkLimits(node, limits);
      }
      assert.ok(valid >= 55, `${valid}`);
      t.diagnostic(`${valid} valid of ${cases.length}`);
    });

  for (const kind of CONTEXTS)
    it(`${kind}: what satisfies it is accepted by the interpreter`, (t) => {
      fill();
      const dice = new Dice();
      let found = 0;
      let nodes = 0;
      for (const { miniscript } of cases) {
        const node = parse(miniscript, kind);
        if (node === null || !isValidMiniscript(node)) continue;
        if (!hasProperties(node.type, "B")) continue;
        found += trySatisfactions(node, dice);
        nodes++;
      }
      assert.ok(nodes >= 55 && found > 100, `${found} stacks`);
      t.diagnostic(`${found} stacks for ${nodes} expressions`);
    });
});

describe("miniscripts of rust-miniscript", { skip: vectorsMissing }, () => {
  it("reads what rust-miniscript wrote, and what satisfies it is accepted", (t) => {
    fill();
    const lines = readVector("miniscript/random_ms.txt").toString("utf8").trim().split("\n");
    const dice = new Dice();
    let found = 0;
    for (const line of lines) {
      // H stands for any hash.
      const text = line.replace(/(\w+)\(H\)/g, (_, name: string) => {
        const preimage = NUMBERS[3] as Uint8Array;
        const hashes = { sha256, hash256: sha256d, ripemd160, hash160 } as const;
        return `${name}(${encodeHex(hashes[name as keyof typeof hashes](preimage))})`;
      });
      const node = parse(text, "wsh");
      assert.ok(node !== null && isValidMiniscript(node), line);
      found += trySatisfactions(node, dice);
    }
    assert.equal(lines.length, 34);
    t.diagnostic(`${found} stacks for ${lines.length} expressions`);
  });
});

describe("miniscripts beyond the list", () => {
  const key = (number: number): string => encodeHex(publicKey(NUMBERS[number] as Uint8Array));

  it("takes 998 nested locks in tapscript, and one more is over the limit of the stack", () => {
    for (const count of [998, 999]) {
      const text = `${"and_b(older(1),a:".repeat(count)}pk(${key(0)})${")".repeat(count)}`;
      const node = parse(text, "tapscript");
      assert.ok(node !== null);
      assert.equal(maxExecutedItems(node), count + 2);
      assert.equal(fitsLimits(node), count === 998);
      assert.equal(decodeMiniscript(scriptOfNode(node), "tapscript")?.scriptSize, node.scriptSize);
    }
  });

  it("names the innermost part that is not sane", () => {
    const text = `or_i(and_b(after(1),a:after(1000000000)),pk(${key(1)}))`;
    const fault = checkMiniscript(parse(text, "wsh") as Miniscript<Uint8Array>, encodeHex);
    assert.ok(fault !== null);
    assert.equal(formatMiniscript(fault.node, encodeHex), "and_b(after(1),a:after(1000000000))");
    assert.equal(
      fault.reason,
      "is not sane: contains mixes of timelocks expressed in blocks and seconds",
    );
  });

  it("refuses a key that stands twice, at any depth", () => {
    for (const text of [
      `and_v(v:pk(${key(1)}),pk(${key(1)}))`,
      `or_b(c:pk_k(${key(1)}),ac:pk_h(${key(1)}))`,
      `thresh(2,pkh(${key(1)}),s:pk(${key(2)}),a:and_b(pk(${key(3)}),s:pk(${key(1)})))`,
    ]) {
      const fault = checkMiniscript(parse(text, "wsh") as Miniscript<Uint8Array>, encodeHex);
      assert.equal(fault?.reason, "is not sane: contains duplicate public keys", text);
    }
  });

  it("decodes no script that is not the shortest for what it says", () => {
    for (const script of [
      "2103a0434d9e47f3c86235477c7b1ae6ae5d3442d49b1943c2b752a68e2a47e247c7ac6951",
      "ac519c",
      "ba20c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5ba519c",
      "0000210232780000feff00ffffffffffff21ff005f00ae21ae00000000060602",
    ])
      for (const kind of CONTEXTS) assert.equal(decodeMiniscript(decodeHex(script), kind), null);
  });

  it("answers damaged scripts and texts with null or an expression, and nothing else", () => {
    const dice = new Dice();
    const text = `andor(pk(${key(1)}),or_i(and_v(v:pkh(${key(2)}),hash160(${"11".repeat(20)})),older(1008)),pk(${key(3)}))`;
    for (const kind of CONTEXTS) {
      const script = scriptOfNode(parse(text, kind) as Miniscript<Uint8Array>);
      for (let at = 0; at < script.length; at++) {
        const damaged = script.slice(0, dice.next() ? script.length : at);
        if (at < damaged.length) damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
        decodeMiniscript(damaged, kind);
      }
      for (let at = 0; at < text.length; at++)
        for (const damaged of [text.slice(0, at), `${text.slice(0, at)},${text.slice(at)}`])
          try {
            parse(damaged, kind);
          } catch (error) {
            assert.match(String(error), /hex/i);
          }
    }
  });
});
