import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Clock } from "../clock/clock.ts";
import { BanList } from "./ban-list.ts";

describe("BanList", () => {
  it("bans subnets until their time is over", () => {
    const clock = new Clock();
    clock.setMock(1000);
    const bans = new BanList(clock);
    bans.ban("10.0.0.0/8", 1100);
    bans.ban("1.2.3.4", 2000);
    assert.ok(bans.isBanned("10.3.2.1") && bans.isBanned("1.2.3.4") && !bans.isBanned("1.2.3.5"));
    assert.deepEqual(bans.list()[1], { subnet: "1.2.3.4/32", created: 1000, until: 2000 });
    clock.setMock(1100);
    assert.equal(bans.isBanned("10.3.2.1"), false);
    assert.ok(bans.unban("1.2.3.4") && !bans.unban("1.2.3.4"));
  });

  it("refuses what is no address or subnet", () => {
    for (const text of ["nonsense", "1.2.3.4/33", "::/129", "1.2.3.4/x", "1.0.0.0/8/9"])
      assert.throws(() => new BanList(new Clock()).ban(text, 1), RangeError);
  });

  it("remembers the last of 100,000 discouraged addresses in fixed memory (D17, CVE-2020-14198)", () => {
    const bans = new BanList(new Clock());
    for (let i = 0; i < 100_000; i++) bans.discourage(`2600::${i.toString(16)}`);
    assert.ok(bans.isDiscouraged("2600::1869f") && !bans.isDiscouraged("2601::1"));
  });
});
