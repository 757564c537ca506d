import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { OUTPUT_TYPES } from "../../wallet/output-type.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { ReadingPeer } from "./testing/reading-peer.ts";

const LOCKED = "-13 Error: Please enter the wallet passphrase with walletpassphrase first.";
const FOREIGN = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

describe("the methods about messages, words and links", () => {
  let reading: ReadingPeer;

  before(async () => {
    reading = await ReadingPeer.open();
  });

  after(() => reading.close());

  it("sign as the owner of any address, and prove funds", async () => {
    for (const type of OUTPUT_TYPES) {
      const own = await reading.wallet.newAddress(type, "");
      const signature = await reading.call("signmessagebip322", own, "mine");
      const verdict = await reading.call("verifymessagebip322", own, signature, "mine");
      assert.equal(verdict.valid, true, type);
      assert.equal(
        (await reading.call("verifymessagebip322", own, signature, "yours")).valid,
        false,
      );
      const legacy = await (type === "legacy"
        ? reading.call("signmessage", own, "mine")
        : reading.refused("signmessage", own, "mine"));
      if (type === "legacy") {
        assert.equal(await reading.call("verifymessage", own, legacy, "mine"), true);
        assert.equal(
          (await reading.call("verifymessagebip322", own, legacy, "mine")).variant,
          "legacy",
        );
      } else assert.equal(legacy, "-3 Address does not refer to key");
    }
    const [{ txid, vout, amount }] = await reading.call("listunspent");
    const proof = await reading.call("signmessagebip322", reading.address, "rich", [
      { txid, vout },
    ]);
    const { coins, valid } = await reading.call(
      "verifymessagebip322",
      reading.address,
      proof,
      "rich",
    );
    assert.equal(valid, true);
    assert.deepEqual(
      coins.map((coin: { txid: string; amount: number }) => [coin.txid, coin.amount]),
      [[txid, amount]],
    );
    assert.equal(
      await reading.refused("signmessagebip322", FOREIGN, "mine"),
      "-4 Private key not available",
    );
    assert.match(
      await reading.refused("signmessagebip322", reading.address, "mine", [{ txid, vout: 7 }]),
      /^-8 Invalid parameter, not a coin/,
    );
  });

  it("make a wallet of words, keep them sealed, and find its payments again", async () => {
    const { words } = await reading.call("createmnemonic", 24);
    assert.equal(words.split(" ").length, 24);
    assert.equal(
      await reading.refused("createmnemonic", 13),
      "-8 A wallet has 12, 15, 18, 21 or 24 words.",
    );
    assert.match(
      await reading.refused("createmnemonic", 12, "latin"),
      /^-8 There is no list of words for "latin"/,
    );
    const wrong = words.replace(/^\w+/, "zzzz");
    assert.match(
      await reading.refused("createwalletfromwords", "a", wrong),
      /^-8 Word 1, "zzzz", is not/,
    );
    assert.deepEqual(await reading.call("createwalletfromwords", "a", words, "", "pass"), {
      name: "a",
    });
    const made = reading.manager.get("a") as Wallet;
    assert.equal(await reading.refusedAt("a", "getwalletwords"), LOCKED);
    const mined = await made.newAddress("bech32m", "");
    await reading.mine(1, mined);
    await made.unlock("pass", 60);
    assert.deepEqual(await reading.callAt("a", "getwalletwords"), { words });
    await reading.manager.unload(made);
    assert.match(await reading.refused("getwalletwords"), /^-4 This wallet was not made of words/);

    await reading.call("createwalletfromwords", "b", words.toUpperCase());
    await (reading.manager.get("b") as Wallet).caughtUp();
    assert.equal((await reading.callAt("b", "getbalances")).mine.immature, 50);
    await reading.call("createwalletfromwords", "c", words, "another passphrase");
    await (reading.manager.get("c") as Wallet).caughtUp();
    assert.equal((await reading.callAt("c", "getbalances")).mine.immature, 0);
    for (const name of ["b", "c"])
      await reading.manager.unload(reading.manager.get(name) as Wallet);
  });

  it("read and write payment links, of this network alone", async () => {
    const link = await reading.call(
      "createpaymentlink",
      reading.address,
      0.1,
      "Ann & Bob",
      "50% <b>",
    );
    assert.equal(
      link,
      `bitcoin:${reading.address}?amount=0.1&label=Ann%20%26%20Bob&message=50%25%20%3Cb%3E`,
    );
    const read = await reading.call("decodepaymentlink", link);
    assert.deepEqual(
      [read.address, read.amount, read.label, read.message],
      [reading.address, 0.1, "Ann & Bob", "50% <b>"],
    );
    assert.match(
      await reading.refused(
        "decodepaymentlink",
        "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
      ),
      /^-5 .* is an address of main; this wallet is on regtest\.$/,
    );
  });
});
