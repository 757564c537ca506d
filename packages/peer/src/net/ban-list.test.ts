import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Clock } from "../clock/clock.ts";
import { BanFile } from "./addresses/ban-file.ts";
import { BanList } from "./ban-list.ts";

const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";

describe("BanList", () => {
  it("bans subnets until their time is over", () => {
    const clock = new Clock();
    clock.setMock(1000);
    const bans = new BanList(clock);
    bans.ban("10.0.0.0/8", 1100);
    bans.ban("1.2.3.4", 2000);
    assert.ok(bans.isBanned("10.3.2.1") && bans.isBanned("1.2.3.4") && !bans.isBanned("1.2.3.5"));
    assert.deepEqual(bans.list()[0], { subnet: "1.2.3.4/32", created: 1000, until: 2000 });
    clock.setMock(1100);
    assert.equal(bans.isBanned("10.3.2.1"), false);
    assert.ok(bans.unban("1.2.3.4") && !bans.unban("1.2.3.4"));
  });

  it("refuses what is no address or subnet", () => {
    for (const text of ["nonsense", "1.2.3.4/33", "::/129", "1.2.3.4/x", "1.0.0.0/8/9"])
      assert.throws(() => new BanList(new Clock()).ban(text, 1), RangeError);
  });

  it("remembers the last of a million discouraged addresses in fixed memory (D17, CVE-2020-14198)", () => {
    const bans = new BanList(new Clock());
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 1_000_000; i++)
      bans.discourage(`2600::${(i >>> 12).toString(16)}:${(i & 4095).toString(16)}`);
    assert.ok(bans.isDiscouraged("2600::f4:23f") && !bans.isDiscouraged("2601::1"));
    assert.ok(!bans.isDiscouraged("2600::0:0"), "the oldest are forgotten");
    assert.ok(process.memoryUsage().arrayBuffers - before < 4_000_000);
    assert.deepEqual(bans.list(), []);
  });

  it("keeps bans in Core's file, in Core's order, and starts a new one when there is none", () => {
    const directory = mkdtempSync(join(tmpdir(), "bans-"));
    const lines: string[] = [];
    const add = (text: string): void => void lines.push(text);
    const log = { info: add, warning: add, error: add, debug: () => {} };
    const file = new BanFile(directory, log);
    const first = new BanList(new Clock(), file);
    first.load(log);
    assert.deepEqual(lines, ["Recreating the banlist database"]);
    const until = Math.floor(Date.now() / 1000) + 1000;
    const texts = ["::1/19", ONION, "127.0.0.0/32", "127.0.0.0/24", "10.0.0.1"];
    for (const text of texts) first.ban(text, until);
    const path = join(directory, "banlist.json");
    const written = statSync(path).ino;
    const again = new BanList(new Clock(), file);
    again.load(log);
    assert.deepEqual(
      again.list().map(({ subnet }) => subnet),
      ["10.0.0.1/32", "127.0.0.0/24", "127.0.0.0/32", "::/19", ONION],
    );
    assert.equal(statSync(path).ino, written, "what was read is not written again");
    assert.ok(again.isBanned(ONION) && again.has("127.0.0.9") && !again.has("127.0.0.0/25"));
    rmSync(directory, { recursive: true });
  });
});
