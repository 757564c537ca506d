import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Reader } from "@compeer/protocol/bytes/reader";
import { NET_CJDNS, type SocketAddress } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { Clock } from "../../clock/clock.ts";
import type { Random } from "../random.ts";
import { AddressBook, type AddressPlace } from "./address-book.ts";
import { Placement } from "./address-entry.ts";
import { AddressFileError, openFile, sealFile } from "./address-file.ts";
import { AddressTables } from "./address-tables.ts";
import { parseHost } from "./address-text.ts";
import { checkTables } from "./check-tables.ts";
import { NetGroups } from "./net-groups.ts";
import { decodePeers, encodePeers } from "./peers-file.ts";

const NOW = 1_700_000_000;
const DAY = 86_400;
const SERVICES = 9n;
const KEY = Uint8Array.of(1, ...new Array(31).fill(0));
const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
const OTHER_ONION = "nrfj6inpyf73gpkyool35hcmne5zwfmse3jl3aw23vk7chdemalyaqad.onion";
const I2P = "c4gfnttsuwqomiygupdqqqyy5y5emnk5c73hrfvatri67prd7vyq.b32.i2p";
const quiet = { debug: () => {} };

/** Repeats with its seed (mulberry32). */
function seeded(seed: number): Random {
  let state = seed;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}

function newBook(key: Uint8Array = KEY): { book: AddressBook; clock: Clock } {
  const clock = new Clock();
  clock.setMock(NOW);
  const tables = new AddressTables(new Placement(key, new NetGroups()), () => {});
  return { book: new AddressBook(tables, { clock, log: quiet, random: seeded(7) }), clock };
}

function host(text: string, port = 8333): SocketAddress {
  const address = parseHost(text, port);
  assert.ok(address !== null, text);
  return address;
}

function gossip(text: string, port = 8333, time = NOW): GossipedAddress {
  return { ...host(text, port), time, services: SERVICES };
}

/** An address of the n-th /16 group. */
function ofGroup(group: number, n: number): string {
  return `${60 + (group >> 8)}.${group & 255}.${(n >> 8) & 255}.${n & 255}`;
}

function reread(book: AddressBook): AddressTables {
  return decodePeers(new Reader(encodePeers(book.tables)), new NetGroups(), () => {});
}

describe("AddressBook", () => {
  // Core: test/functional/rpc_net.py
  it("puts addresses of all networks where bitcoind puts them under the same key", () => {
    const { book } = newBook();
    const cjdns = { ...host("fc00:1:2:3:4:5:6:7"), network: NET_CJDNS };
    const expected: readonly [SocketAddress, boolean, string][] = [
      [host("1.2.3.4"), true, "6/33"],
      [host("2.0.0.0"), false, "82/8"],
      [host("1233:3432:2434:2343:3234:2345:6546:4534"), true, "197/34"],
      [host("2803:0:1234:abcd::1", 45324), false, "613/6"],
      [cjdns, false, "336/24"],
      [host(ONION), true, "72/61"],
      [host(OTHER_ONION, 45324), true, "139/46"],
      [host(I2P), false, "963/46"],
    ];
    for (const [address, isTried, place] of expected) {
      book.add([{ ...address, time: NOW, services: SERVICES }], address);
      if (isTried) book.good(address);
      const { bucket, position } = book
        .places(isTried)
        .find(({ entry }) => entry === book.tables.find(address)) as AddressPlace;
      assert.equal(`${bucket}/${position}`, place);
    }
    assert.equal(
      checkTables(book.tables, () => {}),
      0,
    );
  });

  it("takes only what can be reached over the public network", () => {
    const { book } = newBook();
    for (const text of ["127.0.0.1", "10.0.0.1", "::1", "fd00::1", "2001:db8::1", "192.0.2.1"])
      assert.equal(book.add([gossip(text)], host("8.8.8.8")), false, text);
    assert.equal(book.size, 0);
  });

  it("moves to the tried table what answered, and tests who has the place first", () => {
    const { book, clock } = newBook();
    const [first, second] = collidingPair(book);
    book.add([first, second], host("250.1.2.3"));
    assert.equal(book.good(first), true);
    assert.equal(book.good(second), false);
    assert.equal(book.tables.triedCount, 1);
    assert.equal(book.selectCollision()?.port, first.port);
    book.resolveCollisions(); // the first answered lately: it stays
    assert.equal(book.selectCollision(), null);
    clock.setMock(NOW + 5 * 3600);
    book.good(second);
    book.attempt(first, true);
    clock.setMock(NOW + 5 * 3600 + 61);
    book.resolveCollisions(); // it was called and did not answer
    assert.equal(book.tables.find(second)?.isTried, true);
    assert.equal(book.tables.find(first)?.isTried, false);
    assert.equal(
      checkTables(book.tables, () => {}),
      0,
    );
  });

  it("ends a collision that nobody could test after 40 minutes", () => {
    const { book, clock } = newBook();
    const [first, second] = collidingPair(book);
    book.add([first, second], host("250.1.2.3"));
    book.good(first);
    clock.setMock(NOW + 5 * 3600);
    book.good(second);
    clock.setMock(NOW + 5 * 3600 + 41 * 60);
    book.resolveCollisions();
    assert.equal(book.tables.find(second)?.isTried, true);
  });

  it("draws from new and tried alike, and rarely who was called just now", () => {
    const { book } = newBook();
    book.add([gossip("8.8.8.8"), gossip("9.9.9.9")], host("7.7.7.7"));
    book.good(host("9.9.9.9"));
    const drawn = Array.from({ length: 50 }, () => book.select(false, null)?.host[0]);
    assert.ok(drawn.includes(8) && drawn.includes(9));
    assert.ok(book.select(true, null)?.host[0] === 8);
    assert.equal(book.select(false, new Set(["onion"] as const)), null);
  });

  it("leaves poor addresses out of answers, and no more than its share in", () => {
    const { book, clock } = newBook();
    for (let i = 0; i < 100; i++) book.add([gossip(ofGroup(i, 1))], host(ofGroup(i, 2)));
    assert.ok(book.sample(1000, 23).length <= 23);
    assert.equal(book.sample(5, 0).length, 5);
    clock.setMock(NOW + 31 * DAY);
    assert.equal(book.sample(0, 0).length, 0);
    assert.ok(book.sample(0, 0, null, false).length > 90);
  });

  it("survives being written and read, in the same places", () => {
    const { book } = newBook();
    for (let i = 0; i < 300; i++) {
      book.add([gossip(ofGroup(i, 1))], host(ofGroup(i % 20, 9)));
      if (i % 3 === 0) book.good(host(ofGroup(i, 1)));
    }
    book.add([gossip(ONION)], host(ONION));
    const tables = reread(book);
    assert.equal(
      checkTables(tables, () => {}),
      0,
    );
    const places = (slots: AddressTables["newSlots"]): string[] =>
      slots.map((entry) => (entry === null ? "" : `${entry.host.join(".")}:${entry.port}`));
    assert.deepEqual(places(tables.newSlots), places(book.tables.newSlots));
    assert.deepEqual(places(tables.triedSlots), places(book.tables.triedSlots));
  });

  it("refuses a file of another network, a damaged and a cut one", () => {
    const { book } = newBook();
    book.add([gossip("8.8.8.8")], host("7.7.7.7"));
    const magic = Uint8Array.of(1, 2, 3, 4);
    const file = sealFile(magic, encodePeers(book.tables));
    const read = (bytes: Uint8Array): AddressTables =>
      openFile(magic, bytes, (reader) => decodePeers(reader, new NetGroups(), () => {}));
    assert.equal(read(file).list.length, 1);
    const bad = file.slice();
    bad[0] = 9;
    assert.throws(() => read(bad), /Invalid network magic number/);
    const damaged = file.slice();
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    assert.throws(() => read(damaged), /Checksum mismatch/);
    for (let length = 0; length < file.length; length += 97)
      assert.throws(() => read(file.slice(0, length)), AddressFileError);
  });

  it("lets 10,000 addresses of ten /16 groups have few of the places (P06, D02)", () => {
    const { book } = newBook(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
    for (let group = 0; group < 1000; group++)
      for (let n = 0; n < 2; n++)
        book.add([gossip(ofGroup(300 + group, n))], host(ofGroup(300 + group, 7)));
    const honest = book.size;
    for (let round = 0; round < 3; round++)
      for (let n = 0; n < 10_000; n++)
        book.add([gossip(ofGroup(n % 10, n))], host(ofGroup(n % 10, n % 7)));
    const evil = book.tables.list.filter(({ host }) => host[0] === 60 && (host[1] ?? 0) < 10);
    const share = evil.length / book.size;
    assert.ok(book.size - evil.length > honest * 0.9, "the honest ones are still there");
    // Ten source groups reach at most 64 buckets each, of 1,024.
    assert.ok(evil.length <= 10 * 64 * 64);
    assert.ok(checkTables(book.tables, () => {}) === 0);
    // Of eight connections, each to another group, the attacker can have no more than ten groups give.
    let owned = 0;
    for (let run = 0; run < 100; run++) if (evilOutbound(book) === 8) owned++;
    assert.equal(owned, 0, `with ${(share * 100).toFixed(0)} % of the entries`);
  });

  it("stays in fixed memory under a flood of addresses (D02)", () => {
    const { book } = newBook();
    for (let n = 0; n < 60_000; n++)
      book.add([gossip(ofGroup(n % 4000, n))], host(ofGroup((n * 7) % 4000, 1)));
    assert.ok(book.tables.newCount <= 1024 * 64);
    assert.equal(
      checkTables(book.tables, () => {}),
      0,
    );
  });
});

/** Of eight addresses drawn from different groups, how many are the attacker's. */
function evilOutbound(book: AddressBook): number {
  const groups = new Set<string>();
  let evil = 0;
  while (groups.size < 8) {
    const entry = book.select(false, null);
    assert.ok(entry !== null);
    const group = `${entry.host[0]}.${entry.host[1]}`;
    if (groups.has(group)) continue;
    groups.add(group);
    if (entry.host[0] === 60 && (entry.host[1] ?? 0) < 10) evil++;
  }
  return evil;
}

/** Two addresses that want the same place in the tried table. */
function collidingPair(book: AddressBook): readonly [GossipedAddress, GossipedAddress] {
  const bySlot = new Map<number, GossipedAddress>();
  for (let port = 1; port < 65_536; port++) {
    const address = gossip("250.1.1.1", port);
    const slot = book.tables.triedSlot(address);
    const other = bySlot.get(slot);
    if (other !== undefined) return [other, address];
    bySlot.set(slot, address);
  }
  throw new Error("no collision");
}
