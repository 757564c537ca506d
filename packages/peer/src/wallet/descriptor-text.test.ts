import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { expandScripts } from "@compeer/protocol/wallet/expand-descriptor";
import { parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { splitDescriptor } from "./descriptor-text.ts";

const network = networkByName("regtest");
const ROOT =
  "tprv8ZgxMBicQKsPd7Uf69XL1XwhmjHopUGep8GuEiJDZmbQz6o58LninorQAfcKZWARbtRtfnLcJ5MQ2AtHcQJCCRUcMRvmDUjyEmNUWwx8UbK";

function split(text: string): ReturnType<typeof splitDescriptor>[number] {
  const [first] = splitDescriptor(text, network);
  assert.ok(first);
  return first;
}

describe("a descriptor with secrets", () => {
  it("is public as far as hardened steps go, and means the same scripts", () => {
    const { text, descriptor, secretText } = split(`wpkh(${ROOT}/84h/1h/0h/0/*)`);
    assert.match(text, /^wpkh\(\[[0-9a-f]{8}\/84h\/1h\/0h\]tpub[^/]+\/0\/\*\)#/);
    assert.equal(secretText, `wpkh(${ROOT}/84h/1h/0h/0/*)`);
    const [whole] = parseDescriptor(secretText, network);
    assert.ok(whole);
    for (const index of [0, 7])
      assert.deepEqual(expandScripts(descriptor, index), expandScripts(whole, index));
  });

  it("keeps an origin that stands before the key", () => {
    const { text } = split(`pkh([11223344/44']${ROOT}/1h/2/*)`);
    assert.match(text, /^pkh\(\[11223344\/44h\/1h\]tpub[^/]+\/2\/\*\)#/);
  });

  it("has no public form of a hardened wildcard", () => {
    const { descriptor, text } = split(`wpkh(${ROOT}/0h/*h)`);
    assert.match(text, /^wpkh\(tpub[^/]+\/0h\/\*h\)#/);
    assert.throws(() => expandScripts(descriptor, 0), RangeError);
  });

  it("shows no secret in its public texts, whatever its form", () => {
    for (const form of [
      "pkh(KEY/1/*)",
      "sh(wpkh(KEY/49h/*))",
      "tr(KEY/86h/0/*,pk(KEY/1h/*))",
      "wsh(multi(1,KEY/1h,KEY/2/*))",
    ]) {
      const { text, rootText } = split(form.replaceAll("KEY", ROOT));
      assert.doesNotMatch(text + rootText, /prv/);
    }
  });

  it("is two with a multipath step, each with its own secret", () => {
    const pair = splitDescriptor(`wpkh(${ROOT}/84h/<0;1>/*)`, network);
    assert.deepEqual(
      pair.map(({ secretText }) => secretText),
      [`wpkh(${ROOT}/84h/0/*)`, `wpkh(${ROOT}/84h/1/*)`],
    );
  });

  it("has the id of its public form, however hardened steps are marked", () => {
    const { id, rootText } = split(`wpkh(${ROOT}/84h/0/*)`);
    assert.equal(split(`wpkh(${ROOT}/84'/0/*)`).id, id);
    assert.equal(split(rootText).id, id);
    assert.notEqual(split(`wpkh(${ROOT}/84h/1/*)`).id, id);
  });

  it("is refused when its checksum is wrong", () => {
    assert.throws(() => splitDescriptor(`wpkh(${ROOT}/0/*)#aaaaaaaa`, network, true), DecodeError);
  });
});
