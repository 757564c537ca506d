import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, parseHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { assertSameCoins } from "../testing/compare-nodes.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { Random } from "../testing/random.ts";
import { type SealedBlock, sealBlock } from "../testing/random-blocks/block-draft.ts";
import { byteMutations } from "../testing/random-blocks/byte-mutations.ts";
import { coinbaseMutations } from "../testing/random-blocks/coinbase-mutations.ts";
import { headerMutations } from "../testing/random-blocks/header-mutations.ts";
import { LedgerModel } from "../testing/random-blocks/ledger-model.ts";
import { limitMutations } from "../testing/random-blocks/limit-mutations.ts";
import type { Mutation } from "../testing/random-blocks/mutation.ts";
import { transactionMutations } from "../testing/random-blocks/transaction-mutations.ts";

const { COMPEER_SEED, COMPEER_BLOCKS } = process.env;
const SEED = Number(COMPEER_SEED ?? 1);
const BLOCKS = Number(COMPEER_BLOCKS ?? 500);
/** Valid blocks before the first that is changed, so that rewards are mature. */
const FIRST_BLOCKS = 110;
/** Seconds between blocks. */
const SPACING = 300;
const SCRIPT_FAULT = /^\{"result":"block-script-verify-flag-failed \([^"]+\)"/;
const ACCEPTED = '{"result":null,"error":null,"id":1}';

const mutations: readonly (readonly [string, Mutation])[] = [
  ...Object.entries(headerMutations),
  ...Object.entries(coinbaseMutations),
  ...Object.entries(transactionMutations),
  ...Object.entries(byteMutations),
  ...Object.entries(limitMutations),
];

describe("verdicts on random blocks", { skip: bitcoindMissing }, () => {
  let scratch: string;
  const nodes: NodeProcess[] = [];
  const random = new Random(SEED);
  const verdicts = new Map<string, number>();
  const differences: string[] = [];
  /** Whether both told of the same input. Of several bad ones bitcoind's threads name any. */
  const scriptFaults: boolean[] = [];
  let ours: NodeProcess;
  let theirs: NodeProcess;
  let model: LedgerModel;

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-blocks-"));
    ours = await startCompeerd(join(scratch, "ours"));
    nodes.push(ours);
    theirs = await startBitcoind(join(scratch, "theirs"));
    nodes.push(theirs);
    const hash = await theirs.call<string>("getbestblockhash");
    const { time } = await theirs.call<{ time: number }>("getblockheader", hash);
    model = new LedgerModel(parseHash(hash), time, 1_800_000_000);
  });

  after(async () => {
    for (const node of nodes) await node.kill();
    rmSync(scratch, { recursive: true });
  });

  /** The answer of both nodes to one question; they must be the same to the letter. */
  const ask = async (about: string, method: string, ...params: unknown[]): Promise<string> => {
    const [our, their] = await Promise.all([
      ours.rpc.answer(method, ...params),
      theirs.rpc.answer(method, ...params),
    ]);
    if (SCRIPT_FAULT.test(our) && SCRIPT_FAULT.test(their)) scriptFaults.push(our === their);
    else if (our !== their) differences.push(`${about}: ${method}: ours ${our} theirs ${their}`);
    if (method === "getbestblockhash")
      assert.equal(our, their, differences.join("").slice(0, 2000));
    return their.trimEnd();
  };

  const submit = async (block: SealedBlock, about: string): Promise<void> => {
    const hex = encodeHex(block.raw);
    const question = { mode: "proposal", data: hex };
    if (random.oneIn(4)) await ask(about, "getblocktemplate", question);
    if (random.oneIn(8)) await ask(about, "submitheader", hex.slice(0, 160));
    const verdict = await ask(about, "submitblock", hex);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    const best = JSON.parse(await ask(about, "getbestblockhash")) as { result: string };
    const tip = parseHash(best.result);
    if (equalBytes(tip, block.hash) && verdict === ACCEPTED) model.connect(block);
    else {
      assert.equal(best.result, formatHash(model.tip), `the tip stays: ${about}`);
      model.refused.push(block);
    }
  };

  const pass = async (seconds: number): Promise<void> => {
    model.now += seconds;
    await ask("clock", "setmocktime", model.now);
  };

  afterEach(() => assert.deepEqual(differences.splice(0), [], `seed ${SEED}`));

  it("are the same for valid blocks", async () => {
    for (let i = 0; i < FIRST_BLOCKS; i++) {
      await pass(SPACING);
      await submit(sealBlock(model.draft(random, 0)), "valid");
    }
    for (let i = 0; i < 15; i++) {
      await pass(SPACING);
      await submit(sealBlock(model.draft(random, 1 + random.below(6))), "valid");
    }
    assert.deepEqual([...verdicts], [[ACCEPTED, FIRST_BLOCKS + 15]]);
    await assertSameCoins(ours, theirs);
  });

  it(`are the same for ${BLOCKS} blocks that are wrong or odd in one way or two`, async (test) => {
    for (let i = 0; i < BLOCKS; i++) {
      if (random.oneIn(2)) await pass(random.below(2 * SPACING));
      // Every mutation gets its turn; one block in eight has a second one.
      const names = [mutations[i % mutations.length] as (typeof mutations)[number]];
      if (random.oneIn(8)) names.push(random.pick(mutations));
      const draft = model.draft(random, random.below(6));
      for (const [, mutate] of names) mutate(draft, random, model);
      const about = `block ${i}: ${names.map(([name]) => name).join(" and ")}`;
      await submit(sealBlock(draft), about);
    }
    for (const [verdict, count] of verdicts) test.diagnostic(`${count} ${verdict}`);
    const others = scriptFaults.filter((same) => !same).length;
    assert.ok(others * 20 <= scriptFaults.length, `${others} of ${scriptFaults.length} differ`);
    assert.ok(verdicts.size > 40, `${verdicts.size} verdicts`);
    await assertSameCoins(ours, theirs);
  });

  it("are the same for blocks that were seen before", async () => {
    for (const block of [...model.refused.slice(0, 100), ...model.accepted.slice(0, 5)]) {
      const data = encodeHex(block.raw);
      await ask("again", "getblocktemplate", { mode: "proposal", data });
      await ask("again", "submitblock", data);
    }
  });

  it("are the same for what is no block", async () => {
    for (const text of ["", "00", "0", "zz", "ff".repeat(80), "00".repeat(81), 5, null, [], {}])
      await ask(JSON.stringify(text), "submitblock", text);
    for (const text of ["", "00", "ff".repeat(80), "00".repeat(81)])
      await ask(text, "submitheader", text);
  });

  it("leave both with the same branches", async () => {
    const [our, their] = [
      await ours.call<Tip[]>("getchaintips"),
      await theirs.call<Tip[]>("getchaintips"),
    ];
    assert.deepEqual(
      our.map(({ height }) => height),
      their.map(({ height }) => height),
    );
    // Tips of one height come in the order of their addresses in memory.
    assert.deepEqual(new Set(our), new Set(their));
    assert.equal(await ours.call("verifychain", 4, 0), true);
  });
});

interface Tip {
  readonly height: number;
  readonly hash: string;
  readonly status: string;
}
