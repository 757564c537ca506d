import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { loadSettings } from "../config/load-settings.ts";
import type { NetOptions } from "../net/net-parts.ts";
import { netOptions } from "./net-settings.ts";

const base = mkdtempSync(join(tmpdir(), "net-settings-"));
after(() => rmSync(base, { recursive: true, force: true }));

function options(...args: readonly string[]): NetOptions {
  const loaded = loadSettings([`-datadir=${base}`, "-regtest", ...args]);
  if (!("settings" in loaded)) throw new Error("no settings");
  return netOptions(loaded.settings, networkByName("regtest"));
}

describe("netOptions", () => {
  it("takes the buffers of a connection in units of 1000 bytes, as bitcoind does", () => {
    const usual = options();
    assert.deepEqual([usual.receiveBuffer, usual.sendBuffer], [5_000_000, 1_000_000]);
    const own = options("-maxreceivebuffer=7", "-maxsendbuffer=2");
    assert.deepEqual([own.receiveBuffer, own.sendBuffer], [7000, 2000]);
  });

  it("takes -externalip as an address, or as a name where -dns allows to look it up", () => {
    const given = ["1.2.3.4", "[2a00::1]:7", "node.example:9"].map((text) => `-externalip=${text}`);
    assert.deepEqual(options("-port=5", ...given).external, [
      { host: "1.2.3.4", port: 5 },
      { host: "2a00::1", port: 7 },
      { host: "node.example", port: 9 },
    ]);
    const refused = [
      ...["0.0.0.0", "1.2.3.4.5", "1.2.3.4:x", "node.example:65536", "a b", "short.onion"],
      "short.b32.i2p",
    ];
    for (const text of refused)
      assert.throws(() => options(`-externalip=${text}`), {
        message: `Cannot resolve -externalip address: '${text}'`,
      });
    assert.throws(() => options("-externalip=node.example", "-dns=0"), /Cannot resolve/);
  });
});
