import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { statusLine } from "./status.ts";

const answers = (progress: string, syncing: boolean) => ({
  chain: parseJson(
    `{"chain":"main","blocks":500,"headers":900,"verificationprogress":${progress},"initialblockdownload":${syncing}}`,
  ),
  network: parseJson('{"connections":8,"connections_out":6}'),
  mempool: parseJson('{"size":12}'),
});

describe("statusLine", () => {
  it("tells height, progress, peers and mempool", () => {
    assert.equal(
      statusLine(answers("0.99999", false), []),
      "main · block 500 of 900 · 99.99 % · peers 8 (6 out) · mempool 12",
    );
  });

  it("tells no rate before it has watched for a while", () => {
    const samples = [
      { atMs: 0, height: 400, progress: 0.4 },
      { atMs: 4000, height: 500, progress: 0.5 },
    ];
    assert.ok(!statusLine(answers("0.5", true), samples).includes("blocks/s"));
  });

  it("tells rate and remaining time from what it saw", () => {
    const samples = [
      { atMs: 0, height: 400, progress: 0.4 },
      { atMs: 20_000, height: 500, progress: 0.5 },
    ];
    const line = statusLine(answers("0.5", true), samples);
    assert.match(line, /50\.00 % · syncing · 5\.0 blocks\/s · about 2 min left/);
  });

  it("tells no remaining time when nothing is gained", () => {
    const samples = [
      { atMs: 0, height: 400, progress: 0.5 },
      { atMs: 20_000, height: 401, progress: 0.5 },
    ];
    assert.ok(!statusLine(answers("0.5", true), samples).includes("left"));
  });

  it("does without a peer that answers only about the chain", () => {
    const { chain } = answers("1", false);
    assert.equal(
      statusLine({ chain, network: null, mempool: null }, []),
      "main · block 500 of 900 · 100.00 %",
    );
  });
});
