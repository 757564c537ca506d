import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { loadSettings } from "../config/load-settings.ts";
import type { NetOptions } from "../net/net-parts.ts";
import { formatProxy } from "../net/reach/proxies.ts";
import { netOptions } from "./net-settings.ts";
import { parameterInteractions } from "./parameter-interactions.ts";

const base = mkdtempSync(join(tmpdir(), "reach-settings-"));
after(() => rmSync(base, { recursive: true, force: true }));

function options(...args: readonly string[]): NetOptions {
  const loaded = loadSettings([`-datadir=${base}`, "-regtest", ...args]);
  if (!("settings" in loaded)) throw new Error("no settings");
  return netOptions(loaded.settings, networkByName("regtest"));
}

function proxies(...args: readonly string[]): object {
  const { reach } = options(...args);
  return Object.fromEntries([...reach.proxies].map(([kind, proxy]) => [kind, formatProxy(proxy)]));
}

function refuses(args: readonly string[], message: string): void {
  assert.throws(() => options(...args), { message });
}

describe("reachOptions", () => {
  it("leads all networks but I2P through -proxy, unless another is named", () => {
    const all = { ipv4: "127.0.0.1:9050", ipv6: "127.0.0.1:9050", cjdns: "127.0.0.1:9050" };
    assert.deepEqual(proxies("-proxy=127.0.0.1"), { ...all, onion: "127.0.0.1:9050" });
    assert.deepEqual(proxies("-proxy=127.0.0.1", "-noonion"), all);
    assert.deepEqual(proxies("-proxy=localhost", "-onion=[::1]:1"), { ...all, onion: "[::1]:1" });
    assert.deepEqual(proxies("-proxy=1.1.1.1:1=ipv4", "-proxy=2.2.2.2:2=tor"), {
      ipv4: "1.1.1.1:1",
      onion: "2.2.2.2:2",
    });
    assert.deepEqual(proxies("-onion=unix:/run/tor"), { onion: "unix:/run/tor" });
    assert.deepEqual(proxies("-i2psam=127.0.0.1"), { i2p: "127.0.0.1:7656" });
    assert.deepEqual(proxies("-noproxy"), {});
  });

  it("keeps who wants to be hidden from listening, mapping ports and telling its addresses", () => {
    const { listen, discover, reach } = options("-proxy=127.0.0.1:9050");
    assert.deepEqual([listen, discover, reach.mapsPort], [false, false, false]);
    assert.equal(reach.torControl, null);
    const asked = options("-proxy=127.0.0.1:9050", "-listen");
    assert.deepEqual([asked.listen, asked.discover, asked.reach.mapsPort], [true, false, false]);
  });

  it("asks the router for a port that others can reach only", () => {
    assert.ok(options().reach.mapsPort);
    assert.ok(options("-bind=0.0.0.0").reach.mapsPort);
    assert.ok(!options("-bind=127.0.0.1").reach.mapsPort);
    assert.ok(!options("-natpmp=0").reach.mapsPort);
  });

  it("reaches what has a way, and of that what -onlynet names", () => {
    assert.deepEqual(options().reachable, ["ipv4", "ipv6"]);
    assert.deepEqual(options("-onion=127.0.0.1", "-cjdnsreachable").reachable, [
      "ipv4",
      "ipv6",
      "onion",
      "cjdns",
    ]);
    assert.deepEqual(options("-onlynet=onion").reachable, []);
    assert.equal(options("-onlynet=onion").reach.torControl?.mayReachOnions, true);
    assert.equal(options("-onlynet=ipv4").reach.torControl?.mayReachOnions, false);
  });

  it("never ignores an -onlynet that cannot be kept", () => {
    const onion = "Outbound connections restricted to Tor (-onlynet=onion) but the proxy for";
    refuses(["-onlynet=abc"], "Unknown network specified in -onlynet: 'abc'");
    refuses(
      ["-onlynet=onion", "-onion=0"],
      `${onion} reaching the Tor network is explicitly forbidden: -onion=0`,
    );
    refuses(
      ["-onlynet=onion", "-listenonion=0"],
      `${onion} reaching the Tor network is not provided: none of -proxy, -onion or -listenonion is given`,
    );
    refuses(
      ["-onlynet=i2p"],
      "Outbound connections restricted to i2p (-onlynet=i2p) but -i2psam is not provided",
    );
    refuses(
      ["-onlynet=i2p", "-i2psam=127.0.0.1", "-dnsseed"],
      "Incompatible options: -dnsseed=1 was explicitly specified, but -onlynet forbids connections to IPv4/IPv6",
    );
  });

  it("refuses a proxy that cannot be one", () => {
    refuses(["-proxy=a..b:1"], "Invalid -proxy address or hostname: 'a..b:1'");
    refuses(["-dns=0", "-proxy=some.host:1"], "Invalid -proxy address or hostname: 'some.host:1'");
    refuses(["-proxy=1.1.1.1="], "Invalid -proxy address or hostname, ends with '=': '1.1.1.1='");
    refuses(["-i2psam=unix:/x"], "Invalid -i2psam address or hostname: 'unix:/x'");
  });

  it("has Tor send those who come in to the first -bind that fits", () => {
    const target = (...args: readonly string[]): unknown => {
      const { torControl, onionDoor } = options(...args).reach;
      return [torControl?.target.port, onionDoor?.port ?? null];
    };
    assert.deepEqual(target("-port=1000"), [1001, 1001]);
    assert.deepEqual(target("-bind=127.0.0.1:7"), [7, null]);
    assert.deepEqual(target("-bind=127.0.0.1:7", "-bind=127.0.0.1:8=onion"), [8, null]);
    assert.deepEqual(target("-port=1000", "-whitebind=noban@127.0.0.1:7"), [1001, 1001]);
    refuses(["-listen=0", "-listenonion"], "Cannot set -listen=0 together with -listenonion=1");
  });

  it("counts -maxuploadtarget in mebibytes where no unit is said", () => {
    const target = (text: string): number => options(`-maxuploadtarget=${text}`).reach.maxUpload;
    assert.deepEqual(["0", "1", "2k", "2K", "3G"].map(target), [
      0,
      2 ** 20,
      2000,
      2048,
      3 * 2 ** 30,
    ]);
    refuses(["-maxuploadtarget=abc"], "Unable to parse -maxuploadtarget: 'abc'");
  });
});

describe("parameterInteractions", () => {
  const lines = (...args: readonly string[]): string[] => {
    const loaded = loadSettings([`-datadir=${base}`, "-regtest", ...args]);
    return "settings" in loaded ? parameterInteractions(loaded.settings) : [];
  };

  it("tells what an option makes of others, unless they are set", () => {
    assert.deepEqual(lines(), []);
    assert.deepEqual(lines("-connect=0", "-natpmp=0", "-dnsseed=0"), [
      "parameter interaction: -connect or -maxconnections=0 set -> setting -listen=0",
      "parameter interaction: -listen=0 -> setting -discover=0",
      "parameter interaction: -listen=0 -> setting -listenonion=0",
      "parameter interaction: -listen=0 -> setting -i2pacceptincoming=0",
    ]);
    assert.deepEqual(lines("-onlynet=onion"), [
      "parameter interaction: -onlynet excludes IPv4 and IPv6 -> setting -dnsseed=0",
    ]);
  });

  it("names what -connect makes useless", () => {
    const told = lines("-connect=a", "-seednode=b", "-dnsseed", "-proxy=127.0.0.1", "-listen");
    assert.ok(told.includes("-seednode is ignored when -connect is used"));
    assert.ok(told.includes("-dnsseed is ignored when -connect is used and -proxy is specified"));
  });
});
