import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import type { BlockNode } from "../../chain/block-node.ts";
import { SyncMeter, type SyncParts } from "./sync-meter.ts";

const NOW = 1_800_000_000;

function nodeAt(height: number, time: number): BlockNode {
  return { height, time, chainTxCount: height * 10 } as unknown as BlockNode;
}

/** A peer that stands where the test puts it. */
class FakePeer {
  tip = nodeAt(0, NOW - 1_000_000);
  bestHeader = nodeAt(0, NOW - 1_000_000);
  isInitialDownload = true;
  isImporting = false;
  inbound = 0;
  share = 0;

  get parts(): SyncParts {
    const peer = this;
    return {
      chain: {
        get tip() {
          return peer.tip;
        },
        get bestHeader() {
          return peer.bestHeader;
        },
        get isInitialDownload() {
          return peer.isInitialDownload;
        },
        get isImporting() {
          return peer.isImporting;
        },
        progress: () => peer.share,
        diskUsage: () => 123,
      },
      net: {
        get connectionCount() {
          return { inbound: peer.inbound, outbound: 0 };
        },
      },
      clock: { now: () => NOW },
      diskFree: () => null,
    };
  }
}

describe("SyncMeter", () => {
  it("says in which stage the peer is, and never that it is done before it is", () => {
    const peer = new FakePeer();
    const meter = new SyncMeter(peer.parts);
    assert.equal(meter.progress().stage, "peers");
    peer.inbound = 1;
    assert.equal(meter.progress().stage, "headers");
    peer.bestHeader = nodeAt(1000, NOW - 60);
    peer.share = 0.999_999;
    const syncing = meter.progress();
    assert.deepEqual(
      [syncing.stage, syncing.progress, syncing.blocksleft],
      ["blocks", 0.9999, 1000],
    );
    assert.deepEqual([syncing.eta, syncing.blockrate, syncing.limit], [null, null, null]);
    assert.match(syncing.usable, /known up to 2027-01-03/);
    peer.isImporting = true;
    assert.equal(meter.progress().stage, "importing");
    peer.isImporting = false;
    peer.tip = peer.bestHeader;
    peer.isInitialDownload = false;
    const done = meter.progress();
    assert.deepEqual(
      [done.stage, done.progress, done.usable],
      ["ready", 1, "Everything can be used."],
    );
    peer.bestHeader = nodeAt(1001, NOW);
    assert.equal(meter.progress().stage, "blocks");
    meter.close();
  });

  it("tells rates and the time that is left once it has watched for a while", () => {
    mock.timers.enable({ apis: ["setInterval"] });
    let nowMs = 0;
    const watch = mock.method(performance, "now", () => nowMs);
    const peer = new FakePeer();
    peer.inbound = 1;
    peer.bestHeader = nodeAt(100_000, NOW);
    const meter = new SyncMeter(peer.parts);
    const pass = (seconds: number): void => {
      for (let i = 0; i < seconds; i += 2) {
        nowMs += 2000;
        peer.tip = nodeAt(peer.tip.height + 100, NOW - 1000);
        peer.share += 0.001;
        mock.timers.tick(2000);
      }
    };
    pass(8);
    assert.equal(meter.progress().eta, null);
    pass(12);
    const { eta, blockrate, txrate, progress } = meter.progress();
    assert.deepEqual([blockrate, txrate, progress], [50, 500, 0.01]);
    assert.equal(eta, 1980);
    meter.close();
    watch.mock.restore();
    mock.timers.reset();
  });
});
