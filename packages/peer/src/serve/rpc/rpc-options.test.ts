import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { loadSettings } from "../../config/load-settings.ts";
import { serverSettings } from "./rpc-options.ts";

const base = mkdtempSync(join(tmpdir(), "rpc-options-"));
after(() => rmSync(base, { recursive: true, force: true }));

function endpoints(...binds: readonly string[]): readonly object[] {
  const login = ["-rpcuser=u", "-rpcpassword=p", "-rpcallowip=127.0.0.1"];
  const loaded = loadSettings([`-datadir=${base}`, "-regtest", ...login, ...binds]);
  if (!("settings" in loaded)) throw new Error("no settings");
  const log = { info() {}, warning() {}, debug() {} };
  return serverSettings(loaded.settings, 18_443, log).options.endpoints;
}

describe("serverSettings", () => {
  it("listens where -rpcbind says, in whichever way an address is written", () => {
    assert.deepEqual(endpoints("-rpcbind=127.0.0.1", "-rpcbind=[::1]:5", "-rpcbind=::1"), [
      { host: "127.0.0.1", port: 18_443 },
      { host: "::1", port: 5 },
      { host: "::1", port: 18_443 },
    ]);
  });

  it("refuses a port that is none", () => {
    for (const text of ["127.0.0.1:0", "127.0.0.1:65536", "[::1]:x", "127.0.0.1:"])
      assert.throws(() => endpoints(`-rpcbind=${text}`), {
        message: `Invalid port specified in -rpcbind: '${text}'`,
      });
  });
});
