import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type BlockHeader,
  decodeHeader,
  encodeHeader,
  HEADER_SIZE,
} from "@compeer/protocol/bitcoin/header";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { blockWork } from "@compeer/protocol/consensus/difficulty";
import { BlockTree } from "../../chain/block-tree.ts";
import { HeadersPresync } from "./presync.ts";

const MAIN = networkByName("main");
/** Main's rules with a bit kept of every second header and 40 headers held back. */
const SMALL: Network = {
  ...MAIN,
  headersSync: { commitmentPeriod: 2, redownloadBufferSize: 40 },
};
const GENESIS = decodeHeader(MAIN.genesis.subarray(0, HEADER_SIZE));
const START = new BlockTree().add(GENESIS);
const WORK = blockWork(START.bits);
const NOW = GENESIS.time + 20 * 365 * 86_400;
const FULL = 2000;

/** Headers in a row, in full messages; proof of work is not this part's matter. */
function* messages(count: number, salt = 0): Generator<BlockHeader[]> {
  let before = GENESIS;
  for (let done = 0; done < count; done += FULL) {
    const headers: BlockHeader[] = [];
    for (let i = 0; i < FULL; i++) {
      before = headerOn(before, salt);
      headers.push(before);
    }
    yield headers;
  }
}

function headerOn(before: BlockHeader, salt: number, bits = before.bits): BlockHeader {
  const { merkleRoot, hash: prevHash, time } = before;
  const fields = { version: 4, prevHash, merkleRoot, time: time + 600, bits, nonce: salt };
  return decodeHeader(encodeHeader(fields));
}

function presync(blocks: number, network = SMALL): HeadersPresync {
  const wantedWork = START.chainWork + BigInt(blocks) * WORK;
  return new HeadersPresync({ network, start: START, wantedWork, now: NOW });
}

describe("HeadersPresync", () => {
  it("hands out nothing until the work is shown, and then what was shown, in order", () => {
    const sync = presync(5000);
    const shown: BlockHeader[] = [];
    for (const headers of messages(6000)) {
      assert.deepEqual(sync.take(headers), {
        headers: [],
        aborted: null,
        isGood: true,
        wantsMore: true,
      });
      shown.push(...headers);
      const expected = shown.length < 5000 ? shown.length : null;
      assert.equal(sync.presyncedHeight, expected);
    }
    assert.deepEqual(sync.lastHash, START.hash);
    const released: BlockHeader[] = [];
    const counts: number[] = [];
    for (const headers of messages(6000)) {
      const step = sync.take(headers);
      assert.equal(step.aborted, null);
      released.push(...step.headers);
      counts.push(released.length);
    }
    assert.deepEqual(counts, [1960, 3960, 6000]);
    assert.deepEqual(
      released.map(({ raw }) => raw),
      shown.map(({ raw }) => raw),
    );
  });

  it("finds out who shows other headers the second time, before it hands any out", () => {
    const sync = presync(5000);
    for (const headers of messages(6000)) sync.take(headers);
    const [other] = messages(2000, 1);
    const step = sync.take(other as BlockHeader[]);
    assert.match(step.aborted ?? "", /commitment mismatch at height=\d+ \(redownload phase\)/);
    assert.equal(step.isGood, false);
    assert.deepEqual(step.headers, []);
  });

  it("gives up when there is no more, when headers do not follow, when bits change too early", () => {
    const [first] = messages(2000) as Iterable<BlockHeader[]>;
    assert.ok(first);
    const short = presync(5000).take(first.slice(0, 1999));
    assert.equal(short.aborted, "incomplete headers message at height=1999 (presync phase)");
    assert.equal(short.isGood, true);
    assert.match(presync(5000).take(first.slice(1)).aborted ?? "", /^non-continuous headers/);
    const easier = headerOn(first[9] as BlockHeader, 0, 0x1c00ffff);
    assert.equal(
      presync(5000).take([...first.slice(0, 10), easier]).aborted,
      "invalid difficulty transition at height=11 (presync phase)",
    );
  });

  it("gives up on more headers than there can have been", () => {
    const wantedWork = START.chainWork + 100_000n * WORK;
    const now = GENESIS.time + 600;
    const sync = new HeadersPresync({ network: SMALL, start: START, wantedWork, now });
    let aborted: string | null = null;
    for (const headers of messages(60_000)) {
      aborted ??= sync.take(headers).aborted;
      if (aborted !== null) break;
    }
    assert.match(aborted ?? "", /^exceeded max commitments at height=/);
  });

  it("takes less than 5 MB for a million headers of too little work (D08)", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const sync = presync(2_000_000, MAIN);
    const memory = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    let before = 0;
    let count = 0;
    for (const headers of messages(1_020_000)) {
      assert.equal(sync.take(headers).wantsMore, true);
      count += headers.length;
      if (count === 20_000) before = memory();
    }
    assert.equal(sync.presyncedHeight, 1_020_000);
    assert.ok(memory() - before < 5_000_000);
  });
});
