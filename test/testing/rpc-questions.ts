import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { encodeSecretKey } from "@compeer/protocol/bitcoin/wif";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Random } from "./random.ts";
import { SPENDABLE } from "./script-kinds.ts";
import { readJsonVector } from "./vectors.ts";

export const KEY: string = "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5";
const SECRET: string = encodeSecretKey(
  { secret: new Uint8Array(32).fill(1), compressed: true },
  networkByName("regtest"),
);
export const ADDRESS: string = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
/** BIP32, first test vector, as test networks write it. */
const EXTENDED: string =
  "tpubD6NzVbkrYhZ4XgiXtGrdW5XDAPFCL9h7we1vwNCpn8tGbBcgfVYjXyhWo4E1xkh56hjod1RhGjxbaTLV3X4FyWuejifB9jusQ46QzG87VKp";
export const KEY_PATTERN: string = `${EXTENDED}/0/*`;

/** Scripts as hex: all kinds, kinds that are almost so, and random ones. */
export function scripts(random: Random): Set<string> {
  const found = new Set<string>(["", "zz", "6a", "51024e73", "5102ffff", `6028${"ab".repeat(40)}`]);
  for (const script of SPENDABLE.values()) {
    found.add(encodeHex(script));
    for (let i = 0; i < 12; i++) {
      const other = script.slice();
      other[random.below(other.length)] = random.below(256);
      found.add(encodeHex(other));
    }
    found.add(encodeHex(script.subarray(1)));
    found.add(encodeHex(script.subarray(0, -1)));
  }
  for (let i = 0; i < 200; i++) found.add(encodeHex(random.bytes(1 + random.below(60))));
  found.add("51".repeat(520)).add("51".repeat(521)).add("51".repeat(3600)).add("51".repeat(10001));
  return found;
}

/** A transaction with one byte or two changed, cut off or lengthened. */
export function changed(hex: string, random: Random, count: number): string[] {
  const bytes = Buffer.from(hex, "hex");
  return Array.from({ length: count }, (_, i) => {
    const other = Buffer.from(bytes);
    const at = random.below(bytes.length);
    other[at] = i % 2 === 0 ? random.below(256) : bytes.readUInt8(at) ^ (1 << random.below(8));
    return other.toString("hex");
  });
}

/** Addresses of all networks, right and wrong. */
export function addresses(): string[] {
  const valid = readJsonVector<[string, string, unknown][]>("core/key_io_valid.json");
  const invalid = readJsonVector<[string][]>("core/key_io_invalid.json");
  const found = [
    ...valid.map(([text]) => text),
    ...invalid.map(([text]) => text),
    ADDRESS,
    "",
    "x",
  ];
  for (let i = 0; i < ADDRESS.length; i++) {
    found.push(`${ADDRESS.slice(0, i)}q${ADDRESS.slice(i + 1)}`, ADDRESS.slice(0, i));
    found.push(
      `${ADDRESS.slice(0, i)}${ADDRESS.slice(i + 1)}`,
      `${ADDRESS.slice(0, i)}B${ADDRESS.slice(i + 1)}`,
    );
  }
  return [...found, ADDRESS.toUpperCase(), ...valid.map(([text]) => `${text.slice(0, -1)}q`)];
}

export function descriptors(): string[] {
  const keys = [KEY, EXTENDED, KEY_PATTERN, `[00000000/44h]${EXTENDED}/1/2`, SECRET, "02", "x"];
  const forms = keys.flatMap((key) => [
    `pk(${key})`,
    `pkh(${key})`,
    `wpkh(${key})`,
    `sh(wpkh(${key}))`,
    `combo(${key})`,
    `tr(${key})`,
    `tr(${key},pk(${key}))`,
    `wsh(multi(1,${key}))`,
    `sh(sortedmulti(1,${key},${key}))`,
    `wsh(pk(${key}))`,
  ]);
  return [
    ...forms,
    "raw(51)",
    "raw(51)#8lvh9jxk",
    "raw(51)#8lvh9jxx",
    `addr(${ADDRESS})`,
    "addr(x)",
    "",
    "multi(0)",
    `wpkh(${KEY}`,
    `wsh(wpkh(${KEY}))`,
    `tr(${KEY.slice(2)})`,
    `rawtr(${KEY.slice(2)})`,
    `wpkh(${EXTENDED}/<0;1>/*)`,
  ];
}
