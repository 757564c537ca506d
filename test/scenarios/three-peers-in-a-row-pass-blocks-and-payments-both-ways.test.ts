import assert from "node:assert/strict";
import { it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { addressOf, callerOf, sameLedger, until } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

/** Payments go on at once to peers that are trusted, and after some seconds to others. */
const trusting = { whitelist: "noban@127.0.0.1" };

it("three peers in a row pass blocks and payments both ways", async () => {
  await using a = await Peer.start({ options: trusting });
  await using b = await Peer.start({ options: { ...trusting, addnode: addressOf(a) } });
  await using c = await Peer.start({ options: { ...trusting, addnode: addressOf(b) } });
  const row = [callerOf(a), callerOf(b), callerOf(c)] as const;
  const purse = new Purse(a);
  await purse.mine(110);
  await purse.fill();
  await sameLedger(...row);

  for (const [from, to, end] of [
    [row[0], row[2], c],
    [row[2], row[0], a],
  ] as const) {
    const txid = await purse.pay(2, from);
    await until("the payment is at the other end", async () =>
      (await to.call<string[]>("getrawmempool")).includes(txid),
    );
    const [hash] = await purse.mine(1, to);
    await sameLedger(...row);
    const { tx } = await from.call<{ tx: string[] }>("getblock", hash);
    assert.ok(tx.includes(txid));
    assert.equal(end.mempool.size, 0);
  }
  assert.deepEqual(
    [a, b, c].map((peer) => peer.net.connectionCount.inbound + peer.net.connectionCount.outbound),
    [1, 2, 1],
  );
});
