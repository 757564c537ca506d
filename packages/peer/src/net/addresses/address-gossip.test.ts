import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { NET_IPV4, NET_TORV3 } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { type MemoryNode, startMemoryNode } from "../testing/memory-node.ts";
import { RawPeer } from "../testing/raw-peer.ts";

function addresses(count: number, time: number, first = 60): GossipedAddress[] {
  return Array.from({ length: count }, (_, i) => ({
    network: NET_IPV4,
    host: Uint8Array.of(first + (i >> 8), i & 255, 1, 1),
    port: 8333,
    time,
    services: 9n,
  }));
}

describe("gossip about addresses", () => {
  let node: MemoryNode;
  let now: number;
  const hello = (): Promise<RawPeer> => RawPeer.shakeHands(node.port, node.network.magic);
  const account = (peer: number): { processed: number; limited: number } => {
    const info = node.net.peers()[peer];
    return { processed: info?.addressesProcessed ?? 0, limited: info?.addressesLimited ?? 0 };
  };

  before(async () => {
    node = await startMemoryNode();
    now = node.chain.tip.time + 500;
    node.clock.setMock(now);
  });

  after(() => node.close());

  it("takes one address of a stranger at first, then one in ten seconds (D02)", async () => {
    const flooder = await hello();
    for (let i = 0; i < 20; i++) flooder.send({ type: "addr", addresses: addresses(1000, now) });
    await flooder.sync();
    assert.deepEqual(account(0), { processed: 1, limited: 19_999 });
    assert.equal(node.net.addresses.book.size, 1);
    now += 600;
    node.clock.setMock(now);
    flooder.send({ type: "addr", addresses: addresses(1000, now) });
    await flooder.sync();
    assert.equal(account(0).processed, 61);
    assert.ok(node.net.addresses.book.size <= 61);
    assert.ok(!flooder.isClosed);
    await flooder.close();
  });

  it("passes a fresh address on to at most two others, never back", async () => {
    const teller = await hello();
    const others = await Promise.all([hello(), hello(), hello(), hello()]);
    for (const peer of others) peer.send({ type: "getaddr" });
    for (const peer of others) await peer.sync();
    const [fresh] = addresses(1, now, 99) as [GossipedAddress];
    teller.send({ type: "addr", addresses: [fresh] });
    await teller.sync();
    now += 600;
    node.clock.setMock(now);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const heard = others.filter(({ messages }) =>
      messages.some((message) => message.type === "addr" && message.addresses.some(isFresh)),
    );
    assert.ok(heard.length >= 1 && heard.length <= 2, `${heard.length} heard`);
    assert.equal(teller.count("addr"), 0);
    for (const peer of [teller, ...others]) await peer.close();
  });

  it("answers getaddr once, the same to all who come by the same way, and no more than 23 %", async () => {
    const { book } = node.net.addresses;
    now += 28 * 3600; // what was answered before is forgotten
    node.clock.setMock(now);
    for (const address of addresses(500, now, 120)) book.add([address], address);
    const answers: string[] = [];
    for (let i = 0; i < 2; i++) {
      const peer = await hello();
      peer.send({ type: "getaddr" });
      peer.send({ type: "getaddr" });
      const { addresses: told } = await peer.received("addr");
      assert.ok(told.length > 50, `${told.length} of ${book.size}`);
      assert.ok(told.length <= book.size * 0.23, `${told.length} of ${book.size}`);
      answers.push(
        told
          .map(({ host }) => host.join("."))
          .sort()
          .join(),
      );
      await peer.close();
    }
    assert.equal(answers[0], answers[1]);
    assert.ok(node.lines.some((line) => line.startsWith('Ignoring repeated "getaddr"')));
  });

  it("tells addresses that are not IP only to who understands addrv2", async () => {
    const teller = await hello();
    const old = await hello();
    old.send({ type: "getaddr" });
    await old.sync();
    const host = new Uint8Array(32).fill(7);
    const onion = { network: NET_TORV3, host, port: 8333, time: now, services: 9n };
    teller.send({ type: "addrv2", addresses: [onion] });
    await teller.sync();
    now += 600;
    node.clock.setMock(now);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const told = old.messages.flatMap((m) => (m.type === "addr" ? m.addresses : []));
    assert.ok(told.every(({ network }) => network === NET_IPV4));
    assert.equal(old.count("addrv2"), 0);
    for (const peer of [teller, old]) await peer.close();
  });
});

function isFresh({ host }: GossipedAddress): boolean {
  return host[0] === 99;
}
