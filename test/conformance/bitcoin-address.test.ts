import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress, parseAddress } from "@compeer/protocol/bitcoin/address";
import { decodeBase58, decodeBase58Check, encodeBase58 } from "@compeer/protocol/bitcoin/base58";
import { decodeBech32, encodeBech32 } from "@compeer/protocol/bitcoin/bech32";
import type { NetworkName } from "@compeer/protocol/bitcoin/network";
import { NETWORK_NAMES, networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { decodeSecretKey, encodeSecretKey } from "@compeer/protocol/bitcoin/wif";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { readJsonVector, readVector, vectorsMissing } from "../testing/vectors.ts";

const networks = NETWORK_NAMES.map((name) => networkByName(name));

test("base58 of Core's vectors, there and back", { skip: vectorsMissing }, (t) => {
  const rows = readJsonVector<[string, string][]>("core/base58_encode_decode.json");
  for (const [hex, text] of rows) {
    const bytes = decodeHex(hex);
    assert.equal(encodeBase58(bytes), text);
    assert.deepEqual(decodeBase58(text, bytes.length), bytes);
    if (bytes.length > 0) assert.equal(decodeBase58(text, bytes.length - 1), null);
  }
  t.diagnostic(`${rows.length} texts`);
});

test("valid addresses and keys of Core's vectors, there and back", {
  skip: vectorsMissing,
}, (t) => {
  type Row = [
    string,
    string,
    { chain: NetworkName; isPrivkey: boolean; isCompressed?: boolean; tryCaseFlip?: boolean },
  ];
  const rows = readJsonVector<Row[]>("core/key_io_valid.json");
  let keys = 0;
  for (const [text, hex, { chain, isPrivkey, isCompressed, tryCaseFlip }] of rows) {
    const network = networkByName(chain);
    if (isPrivkey) {
      keys++;
      const key = decodeSecretKey(text, network);
      assert.ok(key !== null, text);
      assert.equal(encodeHex(key.secret), hex);
      assert.equal(key.compressed, isCompressed);
      assert.equal(encodeSecretKey(key, network), text);
      assert.equal(parseAddress(text, network), null);
      continue;
    }
    assert.equal(encodeHex(parseAddress(text, network) ?? new Uint8Array(0)), hex);
    assert.equal(formatAddress(decodeHex(hex), network), text);
    assert.equal(decodeSecretKey(text, network), null);
    const flipped = text.replace(/[a-zA-Z]/g, (c) => (c < "a" ? c.toLowerCase() : c.toUpperCase()));
    const script = parseAddress(flipped, network);
    assert.equal(script === null ? null : encodeHex(script), tryCaseFlip ? hex : null);
  }
  t.diagnostic(`${rows.length - keys} addresses, ${keys} keys`);
});

test("invalid addresses and keys of Core's vectors are none on any network", {
  skip: vectorsMissing,
}, (t) => {
  const rows = readJsonVector<[string][]>("core/key_io_invalid.json");
  for (const [text] of rows)
    for (const network of networks) {
      assert.equal(parseAddress(text, network), null, text);
      assert.equal(decodeSecretKey(text, network), null, text);
    }
  t.diagnostic(`${rows.length} texts on ${networks.length} networks`);
});

/** A section of a BIP: the list between two sentences. Items are `<tt>text</tt>`, with bytes before or after. */
function items(text: string, start: RegExp, end: RegExp): string[][] {
  const from = text.search(start);
  assert.ok(from >= 0, String(start));
  const rest = text.slice(from);
  const length = rest.search(end);
  const section = length < 0 ? rest : rest.slice(0, length);
  return [...section.matchAll(/^\* (.*)$/gm)].map(([, line]) => {
    const hexByte = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16));
    const plain = (line as string)
      .replace(/0x([0-9A-F]{2}) \+ <tt>/, (all, hex: string) => `<tt>${hexByte(all, hex)}`)
      .replace(/<\/tt> \+ 0x([0-9A-F]{2})/, (all, hex: string) => `${hexByte(all, hex)}</tt>`);
    return [...plain.matchAll(/<tt>(.*?)<\/tt>/g)].map(([, item]) => item as string);
  });
}

for (const [file, encoding, name] of [
  ["bips/inline/bip-0173.txt", "bech32", "Bech32"],
  ["bips/inline/bip-0350.txt", "bech32m", "Bech32m"],
] as const)
  test(`strings and addresses of the BIP of ${name}`, { skip: vectorsMissing }, (t) => {
    const text = readVector(file).toString("utf8");
    const valid = items(text, new RegExp(`strings are valid ${name}`), /not valid/);
    for (const [string] of valid) {
      const decoded = decodeBech32(string as string);
      assert.ok(decoded !== null, string);
      assert.equal(decoded.encoding, encoding);
      assert.equal(encodeBech32(encoding, decoded.prefix, decoded.values), string?.toLowerCase());
    }
    const invalid = items(
      text,
      new RegExp(`not valid ${name}`),
      /segwit addresses|Test vectors for v0/,
    );
    for (const [string] of invalid)
      assert.notEqual(decodeBech32(string as string)?.encoding, encoding, string);
    const addresses = items(text, /gives valid segwit addresses/, /gives invalid segwit/);
    let accepted = 0;
    for (const [address, hex] of addresses) {
      const network = networkByName(address?.slice(0, 2).toLowerCase() === "bc" ? "main" : "test");
      const script = parseAddress(address as string, network);
      // BIP350 changed the checksum of versions above 0.
      if (encoding === "bech32" && !hex?.startsWith("00")) {
        assert.equal(script, null);
        continue;
      }
      accepted++;
      assert.equal(encodeHex(script ?? new Uint8Array(0)), hex);
      assert.equal(formatAddress(decodeHex(hex as string), network), address?.toLowerCase());
    }
    const refused = items(text, /gives invalid segwit addresses/, /\n==/);
    for (const [address] of refused)
      for (const network of networks) assert.equal(parseAddress(address as string, network), null);
    assert.ok(valid.length > 5 && invalid.length > 10 && accepted > 2 && refused.length > 7);
    t.diagnostic(
      `${valid.length} valid and ${invalid.length} invalid strings, ` +
        `${addresses.length} valid and ${refused.length} invalid addresses`,
    );
  });

test("base58 with a checksum refuses the foreign vectors that have a wrong one", {
  skip: vectorsMissing,
}, (t) => {
  type Rows = {
    standard: {
      base58check?: string;
      bech32?: string;
      hash: string;
      version: number;
      network: string;
    }[];
  };
  const { standard } = readJsonVector<Rows>("bitcoinjs/address.json");
  let count = 0;
  for (const { base58check, hash, version } of standard) {
    if (base58check === undefined) continue;
    count++;
    const bytes = decodeBase58Check(base58check, 21);
    assert.ok(bytes !== null, base58check);
    assert.equal(encodeHex(bytes), version.toString(16).padStart(2, "0") + hash);
    const last = base58check.at(-1) === "2" ? "3" : "2";
    assert.equal(decodeBase58Check(base58check.slice(0, -1) + last, 21), null);
  }
  assert.ok(count > 3);
  t.diagnostic(`${count} addresses`);
});
