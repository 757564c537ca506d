import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { MempoolDuel } from "../testing/mempool-duel.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { Random } from "../testing/random.ts";
import { type OpenCoin, RandomTransactions, SCRIPTS } from "../testing/random-mempool.ts";

const SEED = Number(process.env["COMPEER_SEED"] ?? 31);
const STEPS = Number(process.env["COMPEER_STEPS"] ?? 2_000);
/** Steps between looks at both mempools and templates, and between blocks. */
const LOOK_EVERY = 50;
const BLOCK_EVERY = 100;
/** Small blocks, so that templates must choose. */
const OPTIONS = ["-blockmaxweight=300000", "-persistmempool=0", "-maxmempool=100"];
const NOW = 1_790_000_000;
const REWARD = `raw(${encodeHex(SCRIPTS.wsh)})`;
const MATURE = 100;
const KINDS = [
  ...(["wsh", "wsh", "wsh", "wsh", "wsh", "wsh", "sh", "sh", "sh", "anchor", "anchor"] as const),
  ...(["sigops", "sigops", "bare"] as const),
];

describe("A mempool beside bitcoind's", { skip: bitcoindMissing }, () => {
  let scratch: string;
  let ours: NodeProcess;
  let theirs: NodeProcess;
  const coins: OpenCoin[] = [];
  const random = new Random(SEED);

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-mempool-"));
    ours = await startCompeerd(join(scratch, "ours"), ...OPTIONS);
    theirs = await startBitcoind(join(scratch, "theirs"), ...OPTIONS);
    for (const node of [ours, theirs]) await node.call("setmocktime", NOW);
    const hashes = await theirs.call<string[]>("generatetodescriptor", 2 * MATURE, REWARD);
    for (const hash of hashes) await copyBlock(hash);
    for (const hash of hashes.slice(0, 10)) coins.push(...(await fanOut(hash)));
    const [hash] = await theirs.call<[string]>("generatetodescriptor", 1, REWARD);
    await copyBlock(hash);
  });

  after(async () => {
    await ours?.stop();
    await theirs?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  async function copyBlock(hash: string): Promise<void> {
    await ours.call("submitblock", await theirs.call<string>("getblock", hash, 0));
  }

  /** Splits a reward into coins of every kind. */
  async function fanOut(hash: string): Promise<OpenCoin[]> {
    const block = await theirs.call<{ tx: { txid: string; vout: { value: number }[] }[] }>(
      "getblock",
      hash,
      2,
    );
    const [coinbase] = block.tx;
    const value = Math.round((coinbase?.vout[0]?.value ?? 0) * 1e8);
    const txid = parseHash(coinbase?.txid ?? "");
    const fresh: OpenCoin[] = [];
    const paid = new RandomTransactions(random).pay(
      [{ txid, index: 0, value, kind: "wsh" }],
      () => 100_000,
      ({ outputs }) => {
        for (let i = 0; i < 200; i++) {
          const kind = random.pick(KINDS);
          const amount = random.pick([5_000, 20_000, 100_000, 1_000_000, 3_000_000]);
          outputs.push({ value: amount, script: SCRIPTS[kind], kind });
        }
      },
      1,
    );
    if (paid === null) throw new Error("a reward too small");
    fresh.push(...paid.made.slice(1));
    await theirs
      .call("generateblock", REWARD, [paid.hex])
      .then((made) => copyBlock((made as { hash: string }).hash));
    return fresh;
  }

  it(`answers ${STEPS} random submissions as bitcoind does, and keeps the same`, async () => {
    const duel = new MempoolDuel(ours, theirs, random, coins);
    for (let step = 1; step <= STEPS; step++) {
      await duel.step(step);
      if (step % LOOK_EVERY === 0) await duel.look(step);
      if (step % BLOCK_EVERY === 0) await duel.mine(step, REWARD);
    }
    for (const line of duel.summary()) process.stdout.write(`# ${line}\n`);
    assert.equal(duel.differences.slice(0, 5).join("\n"), "");
  });

  it("reads the fee estimates that bitcoind wrote, and bitcoind ours", async () => {
    const files = [ours, theirs].map(({ directory }) =>
      join(directory, "regtest", "fee_estimates.dat"),
    ) as [string, string];
    for (const [from, to] of [files, files.toReversed()] as [string, string][]) {
      await ours.stop();
      await theirs.stop();
      copyFileSync(from, to);
      ours = await startCompeerd(ours.directory, ...OPTIONS);
      theirs = await startBitcoind(theirs.directory, ...OPTIONS);
      for (const target of [1, 2, 3, 5, 12, 13, 48, 49, 1008])
        for (const threshold of [0.1, 0.5, 0.85, 1])
          assert.deepEqual(
            await ours.call("estimaterawfee", target, threshold),
            await theirs.call("estimaterawfee", target, threshold),
          );
    }
  });
});
