import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { Clock } from "../../clock/clock.ts";
import { type Addresses, openAddresses } from "../addresses/addresses.ts";
import { DEFAULT_NET_OPTIONS, type NetLog } from "../net-parts.ts";
import { SYSTEM_RANDOM } from "../random.ts";
import { DnsSeeding } from "./dns-seeding.ts";
import { decodeFixedSeeds } from "./fixed-seeds.ts";
import type { Resolver } from "./resolver.ts";

interface Lab {
  readonly addresses: Addresses;
  readonly lines: string[];
  readonly fetched: string[];
  run(): Promise<void>;
}

function lab(resolver: Resolver): Lab {
  const network = networkByName("main");
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(text);
  const log: NetLog = { info: add, warning: add, error: add, debug: () => {} };
  const clock = new Clock();
  const addresses = openAddresses({ clock, log, magic: network.magic }, DEFAULT_NET_OPTIONS);
  const fetched: string[] = [];
  const seeding = new DnsSeeding(
    {
      ...{ network, clock, log, resolver, addresses },
      isActive: () => true,
      hasNameProxy: () => false,
      fullRelayCount: () => 0,
      fetchAddresses: (name) => fetched.push(name),
    },
    DEFAULT_NET_OPTIONS,
    new AbortController().signal,
  );
  return { addresses, lines, fetched, run: () => seeding.run() };
}

describe("DnsSeeding", () => {
  it("asks all seeds for full nodes when no address is known", async () => {
    const asked: string[] = [];
    const { addresses, run, fetched, lines } = lab((name) => {
      asked.push(name);
      return Promise.resolve([`8.${asked.length}.1.1`, "10.0.0.1", "nonsense"]);
    });
    await run();
    assert.ok(asked.length > 5 && asked.every((name) => name.startsWith("x9.")));
    assert.equal(addresses.book.size, asked.length);
    assert.deepEqual(fetched, []);
    assert.ok(lines.some((line) => line.endsWith("addresses found from DNS seeds")));
  });

  it("takes no more than 32 addresses of one seed", async () => {
    const many = Array.from({ length: 200 }, (_, i) => `9.${i}.1.1`);
    const { addresses, run } = lab(() => Promise.resolve(many));
    await run();
    assert.ok(addresses.book.size <= 32);
  });

  it("calls the seed itself when it knows nobody or does not answer", async () => {
    const { run, fetched } = lab((name) =>
      name.includes("sipa") ? Promise.resolve([]) : Promise.reject(new Error("ENOTFOUND")),
    );
    await run();
    assert.ok(fetched.includes("seed.bitcoin.sipa.be.") && fetched.length > 5);
  });
});

describe("decodeFixedSeeds", () => {
  it("reads all addresses of every network's parameters", () => {
    const expected = { main: 200, test: 42, testnet4: 78, signet: 49, regtest: 0 };
    for (const [name, count] of Object.entries(expected)) {
      const { fixedSeeds } = networkByName(name as "main");
      assert.equal(decodeFixedSeeds(fixedSeeds, 1_700_000_000, SYSTEM_RANDOM).length, count);
    }
  });
});
