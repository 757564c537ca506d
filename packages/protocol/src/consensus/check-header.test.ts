import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HeaderFields } from "../bitcoin/header.ts";
import type { Network } from "../bitcoin/network.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import type { ChainPoint } from "./chain-point.ts";
import { checkHeaderContext, checkHeaderProofOfWork } from "./check-header.ts";
import { chainOf } from "./test-chain.test.ts";

const MAIN = networkByName("main");
const REGTEST = networkByName("regtest");

function headerOn(parent: ChainPoint, change: Partial<HeaderFields> = {}): HeaderFields {
  return {
    version: 4,
    prevHash: parent.hash,
    merkleRoot: new Uint8Array(32),
    time: parent.time + 600,
    bits: parent.bits,
    nonce: 0,
    ...change,
  };
}

function reason(
  parent: ChainPoint,
  change: Partial<HeaderFields>,
  network: Network = MAIN,
): string | undefined {
  return checkHeaderContext(headerOn(parent, change), parent, network, parent.time)?.reason;
}

describe("checkHeaderContext", () => {
  const parent = chainOf(30);

  it("accepts a header like those before it", () => {
    assert.equal(reason(parent, {}), undefined);
  });

  it("accepts headers whose version bits were rolled (C20)", () => {
    for (const version of [0x20000000, 0x3fffe000, 0x2fffe004, 0x7fffffff, 4])
      assert.equal(reason(parent, { version }), undefined);
  });

  it("rejects other bits than the chain demands", () => {
    assert.equal(reason(parent, { bits: 0x1d00fffe }), "bad-diffbits");
  });

  it("rejects a time that is not above the median of eleven", () => {
    assert.equal(parent.medianTimePast, parent.time - 5 * 600);
    assert.equal(reason(parent, { time: parent.medianTimePast }), "time-too-old");
    assert.equal(reason(parent, { time: parent.medianTimePast + 1 }), undefined);
  });

  it("rejects a time more than two hours ahead of our clock, without blame", () => {
    assert.equal(reason(parent, { time: parent.time + 7200 }), undefined);
    const fault = checkHeaderContext(
      headerOn(parent, { time: parent.time + 7201 }),
      parent,
      MAIN,
      parent.time,
    );
    assert.deepEqual([fault?.kind, fault?.reason], ["time-future", "time-too-new"]);
  });

  it("rejects retired versions from the height on that retired them, as unsigned hex", () => {
    const at = (bip34Height: number, bip66Height: number, bip65Height: number) => ({
      ...MAIN,
      bip34Height,
      bip66Height,
      bip65Height,
    });
    assert.equal(reason(parent, { version: 1 }, at(31, 31, 31)), undefined);
    assert.equal(reason(parent, { version: 1 }, at(30, 31, 31)), "bad-version(0x00000001)");
    assert.equal(reason(parent, { version: 2 }, at(30, 31, 31)), undefined);
    assert.equal(reason(parent, { version: 2 }, at(30, 30, 31)), "bad-version(0x00000002)");
    assert.equal(reason(parent, { version: 3 }, at(30, 30, 30)), "bad-version(0x00000003)");
    assert.equal(reason(parent, { version: 4 }, at(30, 30, 30)), undefined);
    assert.equal(reason(parent, { version: -1 }, at(30, 31, 31)), "bad-version(0xffffffff)");
  });

  it("forbids a period to begin 600 seconds before its parent, on networks with BIP94 only (C23)", () => {
    const last = chainOf(144, () => ({ bits: 0x207fffff }));
    const bip94 = networkByName("regtest", { enforceBip94: true });
    const early = { time: last.time - 601 };
    assert.equal(reason(last, early, bip94), "time-timewarp-attack");
    assert.equal(reason(last, { time: last.time - 600 }, bip94), undefined);
    assert.equal(reason(last, early, REGTEST), undefined);
    const within = chainOf(143, () => ({ bits: 0x207fffff }));
    assert.equal(reason(within, { time: within.time - 601 }, bip94), undefined);
  });
});

describe("checkHeaderProofOfWork", () => {
  it("accepts a hash equal to the target and rejects one above it", () => {
    assert.equal(checkHeaderProofOfWork({ hash: exact(0), bits: 0x1d00ffff }, MAIN), null);
    assert.equal(
      checkHeaderProofOfWork({ hash: exact(1), bits: 0x1d00ffff }, MAIN)?.reason,
      "high-hash",
    );
  });

  it("rejects targets that are zero, negative, too large for 256 bits or above the limit", () => {
    for (const bits of [0, 0x1d000000, 0x1d80ffff, 0x23000001, 0x1d010000, 0x207fffff])
      assert.equal(
        checkHeaderProofOfWork({ hash: new Uint8Array(32), bits }, MAIN)?.reason,
        "high-hash",
      );
  });
});

/** The target of 0x1d00ffff, which is 0xffff << 208, plus `more`, as a hash. */
function exact(more: number): Uint8Array {
  const hash = new Uint8Array(32);
  hash[26] = 0xff;
  hash[27] = 0xff;
  hash[0] = more;
  return hash;
}
