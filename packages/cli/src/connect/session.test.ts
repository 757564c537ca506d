import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parseArguments } from "@compeer/protocol/rpc/settings/parse-arguments";
import { findOption } from "./options.ts";
import { Session } from "./session.ts";

const root = mkdtempSync(join(tmpdir(), "compeer-session-"));
after(() => rmSync(root, { recursive: true }));
let count = 0;

function open(args: readonly string[], conf = "", cookie?: string): Session {
  const base = join(root, String(count++));
  mkdirSync(join(base, "regtest"), { recursive: true });
  writeFileSync(join(base, "bitcoin.conf"), conf);
  if (cookie !== undefined) writeFileSync(join(base, "regtest", ".cookie"), cookie);
  return new Session(parseArguments([`-datadir=${base}`, ...args], findOption), "main");
}

describe("Session", () => {
  it("finds the port: option, then -rpcconnect, then the chain's", () => {
    assert.deepEqual(open([]).target(), { host: "127.0.0.1", port: 8332 });
    assert.deepEqual(open(["-regtest"]).target(), { host: "127.0.0.1", port: 18443 });
    assert.deepEqual(open(["-rpcconnect=a:1"]).target(), { host: "a", port: 1 });
    assert.deepEqual(open(["-rpcconnect=[::1]:5"]).target(), { host: "::1", port: 5 });
    assert.deepEqual(open(["-rpcconnect=::1"]).target(), { host: "::1", port: 8332 });
    assert.deepEqual(open(["-rpcconnect=a:1", "-rpcport=2"]).target(), { host: "a", port: 2 });
    assert.equal(open([], "regtest=1\n[regtest]\nrpcport=7\n").target().port, 7);
  });

  it("refuses ports that are none, in Core's words", () => {
    for (const port of ["0", "99999", "x", ""])
      assert.throws(() => open([`-rpcport=${port}`]).target(), {
        message: `Invalid port provided in -rpcport: ${port}`,
      });
    assert.throws(() => open(["-rpcconnect=a:0"]).target(), {
      message: "Invalid port provided in -rpcconnect: a:0",
    });
  });

  it("takes a password before the chain's cookie", () => {
    const conf = "regtest=1\n";
    assert.equal(open([], conf, "__cookie__:ab").credentials(), "__cookie__:ab");
    assert.equal(open(["-rpcuser=u", "-rpcpassword=p"], conf, "c:d").credentials(), "u:p");
    assert.equal(open([], conf).credentials(), null);
    const forced = open([], conf, "c:d");
    forced.force("rpcpassword", "q");
    assert.equal(forced.credentials(), ":q");
  });

  it("knows whether somebody chose the chain", () => {
    assert.equal(open([]).chainChosen, false);
    assert.equal(open(["-chain=main"]).chainChosen, true);
    assert.equal(open([], "testnet4=1\n").chainChosen, true);
  });

  it("reads past options that only the daemon knows", () => {
    assert.equal(open([], "dbcache=5\nregtest=1\n[regtest]\nlisten=0\n").chain, "regtest");
  });

  it("refuses a data directory that is not there", () => {
    assert.throws(() => new Session(parseArguments(["-datadir=/nowhere"], findOption), "main"), {
      message: 'Specified data directory "/nowhere" does not exist.',
    });
  });
});
