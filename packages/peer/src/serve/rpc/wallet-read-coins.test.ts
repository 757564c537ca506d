import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { parseAddress } from "@compeer/protocol/bitcoin/address";
import { ReadingPeer } from "./testing/reading-peer.ts";

const FOREIGN = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

describe("the methods about coins and labels of a wallet", () => {
  let reading: ReadingPeer;

  before(async () => {
    reading = await ReadingPeer.open();
  });

  after(() => reading.close());

  it("tell of a coin how it is spent, and of which descriptor it comes", async () => {
    const [coin, ...others] = await reading.call("listunspent");
    assert.deepEqual(others, []);
    assert.equal(coin.address, reading.address);
    assert.equal(coin.label, "miner");
    assert.equal(coin.amount, 50);
    assert.equal(coin.solvable, true);
    assert.match(coin.desc, /^wpkh\(\[[0-9a-f]{8}\/84h\/1h\/0h\/0\/0\]0[23][0-9a-f]{64}\)#/);
    assert.deepEqual(
      coin.parent_descs,
      reading.wallet
        .findAll(parseAddress(reading.address, reading.wallet.network) as Uint8Array)
        .map(({ descriptor }) => descriptor.text),
    );
    assert.equal(
      (await reading.call("listunspent", 1, 9999999, [], true, { include_immature_coinbase: true }))
        .length,
      101,
    );
    assert.deepEqual(await reading.call("listunspent", 1, 9999999, [FOREIGN]), []);
    assert.deepEqual(
      await reading.call("listunspent", 1, 9999999, [], true, { minimumAmount: 51 }),
      [],
    );
    assert.match(
      await reading.refused("listunspent", 1, 9999999, ["x"]),
      /^-5 Invalid Bitcoin address: x/,
    );
    assert.match(
      await reading.refused("listunspent", 1, 9999999, [
        reading.address,
        reading.address.toUpperCase(),
      ]),
      /^-8 Invalid parameter, duplicated address: /,
    );
  });

  it("freeze coins and free them", async () => {
    const [{ txid, vout }] = await reading.call("listunspent");
    assert.equal(await reading.call("lockunspent", false, [{ txid, vout }], true), true);
    assert.deepEqual(await reading.call("listlockunspent"), [{ txid, vout }]);
    assert.deepEqual(await reading.call("listunspent"), []);
    assert.deepEqual(await reading.call("exportlabels").then(lines), [
      { type: "addr", ref: reading.address, label: "miner" },
      { type: "output", ref: `${txid}:${vout}`, spendable: false },
    ]);
    const again = "-8 Invalid parameter, output already locked";
    assert.equal(await reading.refused("lockunspent", false, [{ txid, vout }]), again);
    assert.equal(await reading.call("lockunspent", true), true);
    assert.equal(
      await reading.refused("lockunspent", true, [{ txid, vout }]),
      "-8 Invalid parameter, expected locked output",
    );
    for (const [outpoint, reason] of [
      [{ txid, vout: -1 }, "vout cannot be negative"],
      [{ txid, vout: 9 }, "vout index out of bounds"],
      [{ txid: "00".repeat(32), vout: 0 }, "unknown transaction"],
    ] as const)
      assert.equal(
        await reading.refused("lockunspent", false, [outpoint]),
        `-8 Invalid parameter, ${reason}`,
      );
  });

  it("take labels in and give them out, by BIP329 too", async () => {
    await reading.call("setlabel", FOREIGN.toUpperCase(), "shop");
    assert.deepEqual(await reading.call("listlabels"), ["miner", "shop"]);
    assert.deepEqual(await reading.call("listlabels", "send"), ["shop"]);
    assert.deepEqual(await reading.call("getaddressesbylabel", "shop"), {
      [FOREIGN]: { purpose: "send" },
    });
    assert.equal(
      await reading.refused("getaddressesbylabel", "none"),
      "-11 No addresses with label none",
    );
    assert.equal(await reading.refused("setlabel", FOREIGN, "*"), "-11 Invalid label name");
    assert.equal(await reading.refused("setlabel", "x", "y"), "-5 Invalid Bitcoin address");
    assert.match(await reading.refused("listlabels", "x"), /^-8 Invalid 'purpose' argument/);
    const records = [
      { type: "addr", ref: FOREIGN, label: "<b>bakery</b>" },
      { type: "addr", ref: "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", label: "other network" },
      { type: "xpub", ref: "x", label: "y" },
    ];
    const text = `${records.map((record) => JSON.stringify(record)).join("\n")}\n{`;
    assert.deepEqual(await reading.call("importlabels", text), {
      applied: 1,
      ignored: 2,
      problems: [{ line: 4, reason: "not a JSON object" }],
    });
    assert.deepEqual(await reading.call("listlabels", "send"), ["<b>bakery</b>"]);
  });
});

function lines(text: string): unknown[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
