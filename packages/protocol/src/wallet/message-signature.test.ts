import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatAddress } from "../bitcoin/address.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { concatBytes } from "../bytes/compare.ts";
import { hash160 } from "../crypto/hash160.ts";
import { publicKey } from "../crypto/keys.ts";
import { signMessage, verifyMessage } from "./message-signature.ts";

const MAIN = networkByName("main");
const SECRET = new Uint8Array(32).fill(3);

function addressOf(compressed: boolean): string {
  const hash = hash160(publicKey(SECRET, compressed));
  const script = concatBytes(Uint8Array.of(0x76, 0xa9, 20), hash, Uint8Array.of(0x88, 0xac));
  return formatAddress(script, MAIN) ?? "";
}

describe("signed messages", () => {
  it("are good for their address and text alone", () => {
    for (const compressed of [true, false]) {
      const address = addressOf(compressed);
      const signature = signMessage("grüße 😀", SECRET, compressed);
      assert.equal(verifyMessage(address, signature, "grüße 😀", MAIN), "good");
      assert.equal(verifyMessage(address, signature, "grüße", MAIN), "not signed by it");
      const other = addressOf(!compressed);
      assert.equal(verifyMessage(other, signature, "grüße 😀", MAIN), "not signed by it");
    }
  });

  it("are what bitcoind's functional test rpc_signmessagewithprivkey expects", () => {
    const signature =
      "INbVnW4e6PeRmsv2Qgu8NuopvrVjkcxob+sX8OcZG0SALhWybUjzMLPdAsXI46YZGb0KQTRii+wWIQzRpG/U+S0=";
    const address = "mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB";
    const regtest = networkByName("regtest");
    const message = "This is just a test message";
    assert.equal(verifyMessage(address, signature, message, regtest), "good");
  });

  it("are refused with the word for what is wrong", () => {
    const signature = signMessage("a", SECRET);
    assert.equal(verifyMessage("nonsense", signature, "a", MAIN), "invalid address");
    assert.equal(
      verifyMessage("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", signature, "a", MAIN),
      "address without key",
    );
    const address = addressOf(true);
    assert.equal(verifyMessage(address, `${signature}=`, "a", MAIN), "malformed signature");
    assert.equal(verifyMessage(address, "AAAA", "a", MAIN), "not signed by it");
  });
});
