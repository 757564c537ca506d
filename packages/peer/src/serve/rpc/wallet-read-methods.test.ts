import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { formatAddress } from "@compeer/protocol/bitcoin/address";
import { formatHash, hashKey, parseHash } from "@compeer/protocol/bytes/hash";
import { ReadingPeer } from "./testing/reading-peer.ts";

const FOREIGN = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

describe("the methods that tell what happened in a wallet", () => {
  let reading: ReadingPeer;

  before(async () => {
    reading = await ReadingPeer.open();
  });

  after(() => reading.close());

  it("tell trusted and immature coins apart", async () => {
    assert.equal(await reading.call("getbalance"), 50);
    const { mine: balances, lastprocessedblock } = await reading.call("getbalances");
    assert.deepEqual(balances, { trusted: 50, untrusted_pending: 0, immature: 5000 });
    assert.deepEqual(lastprocessedblock, {
      hash: formatHash(reading.peer.chain.tip.hash),
      height: 101,
    });
    assert.equal(
      await reading.refused("getbalance", "all"),
      '-32 dummy first argument must be excluded or set to "*".',
    );
    assert.equal(
      await reading.refused("getbalance", "*", 0, false, true),
      '-4 wallet does not have the "avoid reuse" feature enabled',
    );
  });

  it("page through the history, oldest of the newest first", async () => {
    const newest = await reading.call("listtransactions", "*", 3, 1);
    assert.deepEqual(
      newest.map((entry: { blockheight: number }) => entry.blockheight),
      [98, 99, 100],
    );
    assert.equal(newest[0].category, "immature");
    assert.equal(newest[0].label, "miner");
    const [first] = await reading.call("listtransactions", "*", 1, 100);
    assert.equal(first.category, "generate");
    assert.equal(first.confirmations, 101);
    await reading.call("setlabel", FOREIGN, "nobody");
    assert.deepEqual(await reading.call("listtransactions", "nobody", 10, 5), []);
    await reading.call("setlabel", FOREIGN, "");
    assert.equal((await reading.call("listtransactions", "miner", 200)).length, 101);
    assert.equal(await reading.refused("listtransactions", "*", -1), "-8 Negative count");
    assert.equal(await reading.refused("listtransactions", "*", 1, -1), "-8 Negative from");
    assert.match(await reading.refused("listtransactions", ""), /^-8 Label argument must be/);
  });

  it("tell a payment from its change, and what came to whom", async () => {
    await reading.call("setlabel", FOREIGN, "<b>bakery</b>");
    const change = await reading.wallet.newChangeScript("bech32");
    const rest = formatAddress(change, reading.wallet.network);
    const tx = await reading.pay({ [FOREIGN]: 10e8, [rest as string]: 39.9e8 });
    const txid = formatHash(tx.txid);
    const told = await reading.call("gettransaction", txid, false, true);
    assert.equal(told.amount, -10);
    assert.equal(told.fee, -0.1);
    assert.equal(told.confirmations, 0);
    assert.equal(told.trusted, true);
    assert.equal(told.comment, "rent");
    assert.equal(told.to, "landlord");
    assert.equal(told["bip125-replaceable"], "yes");
    assert.deepEqual(told.details, [
      {
        address: FOREIGN,
        category: "send",
        amount: -10,
        label: "<b>bakery</b>",
        vout: 0,
        fee: -0.1,
        abandoned: false,
      },
    ]);
    assert.deepEqual(
      told.decoded.vout.map((output: { ischange?: boolean }) => output.ischange),
      [undefined, true],
    );
    assert.equal(await reading.call("getbalance"), 39.9);
    assert.equal(
      await reading.refused("abandontransaction", txid),
      "-5 Transaction not eligible for abandonment",
    );
    assert.equal(
      await reading.refused("gettransaction", "00".repeat(32)),
      "-5 Invalid or non-wallet transaction id",
    );
    const renamed = JSON.stringify({ type: "tx", ref: txid, label: "rent of May" });
    assert.equal((await reading.call("importlabels", renamed)).applied, 1);
    assert.equal((await reading.call("gettransaction", txid)).comment, "rent of May");
    assert.ok((await reading.call("exportlabels")).includes(renamed));
    const [coin] = await reading.call("listunspent", 0, 0);
    assert.equal(coin.ancestorcount, 1);
    assert.equal(coin.ancestorfees, 1e7);
    assert.equal(coin.safe, true);
    const groups = await reading.call("listaddressgroupings");
    assert.deepEqual(
      groups.map((group: [string][]) => group.map(([member]) => member).sort()),
      [[reading.address, rest].sort()],
    );
    const before = formatHash(reading.peer.chain.tip.hash);
    await reading.mine(1, FOREIGN);
    const since = await reading.call("listsinceblock", before);
    assert.deepEqual(since.removed, []);
    assert.deepEqual(
      since.transactions.filter((entry: { txid: string }) => entry.txid === txid).length,
      1,
    );
    assert.equal(await reading.call("getreceivedbyaddress", reading.address), 100);
    assert.equal(await reading.call("getreceivedbyaddress", reading.address, 1, true), 5050);
    assert.equal(await reading.call("getreceivedbylabel", "miner", 102), 50);
    assert.equal(
      await reading.refused("getreceivedbyaddress", FOREIGN),
      "-4 Address not found in wallet",
    );
    assert.equal(
      await reading.refused("getreceivedbylabel", "none"),
      "-4 Label not found in wallet",
    );
    const [received] = await reading.call("listreceivedbyaddress");
    assert.equal(received.amount, 100);
    assert.equal(received.txids.length, 2);
    assert.deepEqual(await reading.call("listreceivedbylabel", 1, true), [
      { amount: 0, confirmations: 0, label: "<b>bakery</b>" },
      { amount: 100, confirmations: 101, label: "miner" },
    ]);
  });

  it("list what left the chain with a block", async () => {
    const tip = reading.peer.chain.tip;
    await reading.mine(1);
    const lost = reading.peer.chain.tip;
    await reading.peer.chain.invalidate(lost);
    await reading.mine(2, FOREIGN);
    const since = await reading.call("listsinceblock", formatHash(lost.hash));
    assert.deepEqual(
      since.removed.map((entry: { category: string; confirmations: number }) => [
        entry.category,
        entry.confirmations,
      ]),
      [["orphan", 0]],
    );
    assert.equal(reading.peer.chain.tip.height, tip.height + 2);
  });

  it("take a transaction in by its proof, and out again", async () => {
    const [{ txid, blockhash }] = await reading.call("listtransactions", "miner", 1, 50);
    const { hex } = await reading.call("gettransaction", txid);
    const proof = await reading.call("gettxoutproof", [txid], blockhash);
    assert.deepEqual(await reading.call("verifytxoutproof", proof), [txid]);
    const count = reading.wallet.ledger.size;
    assert.equal(await reading.call("removeprunedfunds", txid), null);
    assert.equal(reading.wallet.ledger.get(hashKey(parseHash(txid))), undefined);
    assert.equal(
      await reading.refused("removeprunedfunds", txid),
      `-4 Transaction ${txid} does not belong to this wallet`,
    );
    const wrong = proof.slice(0, 200) + (proof[200] === "0" ? "1" : "0") + proof.slice(201);
    assert.equal(
      await reading.refused("importprunedfunds", hex, wrong),
      "-5 Something wrong with merkleblock",
    );
    assert.equal(await reading.call("importprunedfunds", hex, proof), null);
    assert.equal(reading.wallet.ledger.size, count);
  });
});
