import assert from "node:assert/strict";
import { test } from "node:test";
import { standardDescriptor } from "@compeer/peer/wallet/master-key";
import type { OutputType } from "@compeer/peer/wallet/output-type";
import { formatAddress } from "@compeer/protocol/bitcoin/address";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { ExtendedKey, HARDENED } from "@compeer/protocol/crypto/hd-key";
import { expandScripts } from "@compeer/protocol/wallet/expand-descriptor";
import { mnemonicSeed, parseMnemonic } from "@compeer/protocol/wallet/mnemonic";
import { parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

const VERSIONS = { public: 0x0488b21e, private: 0x0488ade4 };
const WORDS = `${"abandon ".repeat(11)}about`;

function textOf(name: string): string {
  return readVector(`bips/inline/${name}.txt`).toString("utf8");
}

test("BIP32: each chain of each seed has its keys, privately and publicly derived", {
  skip: vectorsMissing,
}, () => {
  let chains = 0;
  for (const part of textOf("bip-0032")
    .replaceAll("<sub>H</sub>", "h")
    .split("===Test vector")
    .slice(1, 5)) {
    const seed = /Seed \(hex\): ([0-9a-f]+)/.exec(part)?.[1] ?? "";
    const root = ExtendedKey.fromSeed(Buffer.from(seed, "hex"), VERSIONS);
    const pattern = /Chain m(\S*)\s+\*\* ext pub: (\S+)\s+\*\* ext prv: (\S+)/g;
    for (const [, path = "", publicText = "", privateText = ""] of part.matchAll(pattern)) {
      const steps = path
        .split("/")
        .slice(1)
        .map((step) => Number.parseInt(step, 10) + (step.endsWith("h") ? HARDENED : 0));
      let key = root;
      for (const step of steps) {
        const watching = ExtendedKey.parse(key.formatPublic(), VERSIONS);
        const parent = key;
        key = key.child(step);
        if (step < HARDENED)
          assert.equal(watching.child(step).formatPublic(), key.formatPublic(), path);
        else assert.throws(() => watching.child(step), RangeError, parent.formatPublic());
      }
      assert.equal(key.formatPublic(), publicText);
      assert.equal(key.formatPrivate(), privateText);
      assert.equal(ExtendedKey.parse(privateText, VERSIONS).formatPublic(), publicText);
      chains++;
    }
  }
  assert.equal(chains, 17);
});

test("BIP32: extended keys that are none are refused", { skip: vectorsMissing }, () => {
  const part = textOf("bip-0032").replaceAll("<sub>H</sub>", "h").split("===Test vector")[5] ?? "";
  const keys = [...part.matchAll(/^\* (x\w+)/gm)].map(([, key = ""]) => key);
  assert.ok(keys.length >= 14);
  for (const key of keys) assert.throws(() => ExtendedKey.parse(key, VERSIONS), DecodeError, key);
});

async function addressesOf(
  networkName: "main" | "test",
  type: OutputType,
): Promise<(internal: boolean, index: number) => string | null> {
  const network = networkByName(networkName);
  const mnemonic = await parseMnemonic(WORDS);
  if ("fault" in mnemonic) assert.fail(mnemonic.fault);
  const versions = {
    public: network.extendedPublicPrefix,
    private: network.extendedSecretPrefix,
  };
  const root = ExtendedKey.fromSeed(await mnemonicSeed(mnemonic, ""), versions);
  return (internal, index) => {
    const text = standardDescriptor(root.formatPrivate(), type, internal, network);
    const [descriptor] = parseDescriptor(text, network);
    assert.ok(descriptor);
    return formatAddress(expandScripts(descriptor, index)[0] as Uint8Array, network);
  };
}

for (const [name, networkName, type] of [
  ["bip-0049", "test", "p2sh-segwit"],
  ["bip-0084", "main", "bech32"],
  ["bip-0086", "main", "bech32m"],
] as const)
  test(`${name}: the words give its addresses`, { skip: vectorsMissing }, async () => {
    const addresses = [...textOf(name).matchAll(/address\s+=.* ?((?:bc1|2M)\w+)/g)].map(
      ([, address = ""]) => address,
    );
    const at = await addressesOf(networkName, type);
    const derived = [at(false, 0), at(false, 1), at(true, 0)];
    assert.ok(addresses.length === 3 || name === "bip-0049");
    assert.deepEqual(derived.slice(0, addresses.length), addresses);
    assert.ok(addresses.length > 0);
  });
