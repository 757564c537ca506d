import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { Clock } from "../../clock/clock.ts";
import { formatAddress, parseHost } from "../addresses/address-text.ts";
import { type Addresses, openAddresses } from "../addresses/addresses.ts";
import { groupKey } from "../addresses/net-groups.ts";
import { DEFAULT_NET_OPTIONS, type NetLog } from "../net-parts.ts";
import { type Choosers, chooseAddress, type Wanted } from "./choose-address.ts";

const NOW = 1_700_000_000;
const FULL_NODE = 1033n;
const ANY: Wanted = { isFeeler: false, network: null, takenGroups: new Set() };

function addresses(): Addresses {
  const clock = new Clock();
  clock.setMock(NOW);
  const silent = (): void => {};
  const log: NetLog = { info: silent, warning: silent, error: silent, debug: silent };
  return openAddresses(
    { clock, log, magic: networkByName("main").magic },
    { ...DEFAULT_NET_OPTIONS, knownKey: true },
  );
}

function gossip(text: string, port = 8333, services = FULL_NODE): GossipedAddress {
  const address = parseHost(text, port);
  assert.ok(address !== null);
  return { ...address, time: NOW, services };
}

function choosers(known: Addresses, change: Partial<Choosers> = {}): Choosers {
  return {
    book: known.book,
    groups: known.groups,
    reachable: known.reachable.kinds,
    now: NOW,
    isOurs: () => false,
    isConnected: () => false,
    isAdded: () => false,
    isDesirable: (services) => (services & 9n) === 9n,
    mayKnowAddresses: (services) => (services & 1n) === 1n,
    ...change,
  };
}

function known(...texts: readonly GossipedAddress[]): Addresses {
  const all = addresses();
  for (const address of texts) all.book.add([address], address);
  return all;
}

describe("chooseAddress", () => {
  it("finds nothing in an empty book", () => {
    assert.equal(chooseAddress(ANY, choosers(addresses())), null);
  });

  it("never takes a group twice, save for feelers", () => {
    const all = known(gossip("8.8.1.1"), gossip("8.8.2.2"));
    const takenGroups = new Set([groupKey(all.groups, gossip("8.8.9.9"))]);
    assert.equal(chooseAddress({ ...ANY, takenGroups }, choosers(all)), null);
    const feeler = chooseAddress({ ...ANY, takenGroups, isFeeler: true }, choosers(all));
    assert.equal(feeler?.host[0], 8);
  });

  it("leaves alone who lacks services, whom we added, and what was named to hit another service", () => {
    const weak = known(gossip("8.8.1.1", 8333, 8n));
    assert.equal(chooseAddress(ANY, choosers(weak)), null);
    const all = known(gossip("8.8.1.1"));
    assert.equal(chooseAddress(ANY, choosers(all, { isAdded: () => true })), null);
    const mail = known(gossip("8.8.1.1", 25), gossip("9.9.1.1"));
    for (let i = 0; i < 20; i++)
      assert.equal(
        formatAddress(chooseAddress(ANY, choosers(mail)) as GossipedAddress),
        "9.9.1.1:8333",
      );
  });

  it("takes a network that is asked for", () => {
    const all = known(gossip("8.8.1.1"), gossip("2600::1"));
    const chosen = chooseAddress({ ...ANY, network: "ipv6" }, choosers(all));
    assert.equal(chosen?.network, 2);
  });

  it("does not give all eight connections to 10,000 addresses of ten groups (P06)", () => {
    const all = addresses();
    const { book, groups } = all;
    for (let i = 0; i < 200; i++) {
      const honest = gossip(`${100 + (i >> 4)}.${i}.1.1`);
      book.add([honest], honest);
    }
    for (let n = 0; n < 10_000; n++) {
      const source = gossip(`20.${n % 10}.0.${n & 127}`);
      book.add([gossip(`20.${n % 10}.${(n >> 8) & 255}.${n & 255}`)], source);
    }
    for (let run = 0; run < 50; run++) {
      const takenGroups = new Set<string>();
      let evil = 0;
      for (let slot = 0; slot < 8; slot++) {
        const chosen = chooseAddress({ ...ANY, takenGroups }, choosers(all));
        if (chosen === null) continue;
        takenGroups.add(groupKey(groups, chosen));
        if (chosen.host[0] === 20) evil++;
      }
      assert.ok(evil < 8, `run ${run}`);
    }
  });
});
