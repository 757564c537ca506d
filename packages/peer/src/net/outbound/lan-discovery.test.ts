import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import type { Connections } from "../connections.ts";
import { LanDiscovery } from "./lan-discovery.ts";
import type { LanNotice } from "./lan-door.ts";

const LOG = { info: () => {}, debug: () => {}, warning: () => {}, error: () => {} };

interface Lab {
  readonly dialled: string[];
  readonly service: string;
  hear(notice: LanNotice): void;
}

/** Everybody who is dialled is connected at once. */
function lab(): Lab {
  const dialled: string[] = [];
  const connections = {
    hasAutomaticSlot: true,
    find: (name: string) => (dialled.includes(name) ? {} : null),
    dial: ({ name }: { name: string }) => Promise.resolve(void dialled.push(name)),
  } as unknown as Connections;
  let hear: (notice: LanNotice) => void = () => {};
  let service = "";
  const lan = new LanDiscovery({
    log: LOG,
    network: networkByName("regtest"),
    connections,
    useV2: true,
    openDoor: (parts) => {
      hear = parts.heard;
      service = parts.service;
      return { ask: () => {}, close: () => {} };
    },
  });
  lan.start(18444);
  lan.close();
  return { dialled, service, hear };
}

describe("LanDiscovery", () => {
  it("asks for peers of its own ledger only, and calls who answers", () => {
    const { dialled, service, hear } = lab();
    assert.equal(service, "_compeer-fabfb5da._tcp.local");
    hear({ host: "192.168.1.7", port: 18444 });
    hear({ host: "192.168.1.7", port: 18444 });
    assert.deepEqual(dialled, ["192.168.1.7:18444"]);
  });

  it("connects to four neighbours at most, however many answer", () => {
    const { dialled, hear } = lab();
    for (let i = 0; i < 1000; i++) hear({ host: `192.168.1.${i & 255}`, port: 1000 + i });
    assert.equal(dialled.length, 4);
  });
});
