import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { assertSameCoins } from "../testing/compare-nodes.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { ChainGrower, REWARD } from "../testing/grow-chain.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { Random } from "../testing/random.ts";
import {
  ADDRESS,
  addresses,
  changed,
  descriptors,
  KEY,
  KEY_PATTERN,
  scripts,
} from "../testing/rpc-questions.ts";
import { SPENDABLE } from "../testing/script-kinds.ts";
import { vectorsMissing } from "../testing/vectors.ts";

const NO_HASH = "00".repeat(32);
/** The test runs, and tells by failing what is missing; it does not stop the others. */
const SEGWIT = { rules: ["segwit"] };

interface DecodedTransaction {
  readonly txid: string;
  readonly hex: string;
  readonly vin: readonly { readonly txid?: string; readonly vout?: number }[];
  readonly vout: readonly { readonly value: number }[];
}

interface DecodedBlock {
  readonly hash: string;
  readonly tx: readonly DecodedTransaction[];
}

/** What bitcoind cannot be asked. */
const OWN_METHODS: readonly string[] = [
  "acceleratetransaction",
  "auditpeers",
  "canceltransaction",
  "changesetting",
  "convertpsbt",
  "createmnemonic",
  "createpagelink",
  "createpaymentlink",
  "createwalletfromwords",
  "decodepaymentlink",
  "endpagesession",
  "exportlabels",
  "findtransaction",
  "getmining",
  "getpeeraccounts",
  "getprojectedblocks",
  "getsyncprogress",
  "gettaillog",
  "getwalletwords",
  "importlabels",
  "listpagesessions",
  "listsettings",
  "previewpsbt",
  "previewsend",
  "setmining",
  "signmessagebip322",
  "verifymessagebip322",
];

describe("answers about the same chain and mempool", { skip: bitcoindMissing }, () => {
  let scratch: string;
  const nodes: NodeProcess[] = [];
  const random = new Random(7);
  let ours: NodeProcess;
  let theirs: NodeProcess;
  let blocks: DecodedBlock[];
  /** Hex of transactions that are not in a block: the first four are in both mempools. */
  let pending: string[];
  let pool: string[];

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-rpc-"));
    ours = await startCompeerd(join(scratch, "ours"));
    nodes.push(ours);
    theirs = await startBitcoind(join(scratch, "theirs"));
    nodes.push(theirs);
    const grower = new ChainGrower(theirs);
    await grower.mine(110);
    await grower.grow(45, 5);
    blocks = [];
    for (let height = 0; height <= grower.height; height++) {
      const hash = await theirs.call("getblockhash", height);
      if (height > 0) await ours.call("submitblock", await theirs.call("getblock", hash, 0));
      blocks.push(await theirs.call<DecodedBlock>("getblock", hash, 2));
    }
    const { mediantime } = await theirs.call<{ mediantime: number }>("getblockchaininfo");
    for (const node of nodes) await node.call("setmocktime", mediantime + 1000);
    pending = [];
    for (let i = 0; i < 5; i++) pending.push(await grower.spendEveryKind());
    pool = [];
    for (const hex of pending.slice(0, 4)) {
      for (const node of nodes) await node.call("setmocktime", mediantime + 1000 + pool.length);
      for (const node of nodes) await node.call("sendrawtransaction", hex, 0);
      pool.push((await theirs.call<{ txid: string }>("decoderawtransaction", hex)).txid);
    }
  });

  after(async () => {
    for (const node of nodes) await node.kill();
    rmSync(scratch, { recursive: true });
  });

  /**
   * Asks both nodes each of the questions: the answers must be the same to the letter, in every
   * digit and the order of members, but for `except`.
   */
  const same = async (
    method: string,
    questions: Iterable<readonly unknown[]>,
    except: readonly string[] = [],
  ): Promise<void> => {
    const differences: string[] = [];
    for (const params of questions) {
      const [our, their] = await Promise.all([
        ours.rpc.answer(method, ...params),
        theirs.rpc.answer(method, ...params),
      ]);
      const [one, other] = [without(our, except), without(their, except)];
      if (one !== other) differences.push(difference(method, params, one, other));
    }
    assert.equal(differences.length, 0, differences.slice(0, 8).join("\n"));
  };

  const transactions = (): DecodedTransaction[] => blocks.flatMap(({ tx }) => tx);
  const hashes = (): string[] => blocks.map(({ hash }) => hash);
  const some = <T>(list: readonly T[], every: number): T[] =>
    list.filter((_, i) => i % every === 0);

  it("getblock", () =>
    same("getblock", [
      ...[0, 1, 2, 3].flatMap((level) => hashes().map((hash) => [hash, level])),
      ...[true, false, -1, 4, "x", null].map((level) => [hashes()[9], level]),
      [NO_HASH],
      ["00"],
      [5],
      [],
    ]));

  it("getblockheader", () =>
    same("getblockheader", [
      ...[true, false].flatMap((verbose) => hashes().map((hash) => [hash, verbose])),
      [NO_HASH],
      ["zz".repeat(32)],
    ]));

  it("getblockhash", () => same("getblockhash", [[0], [155], [156], [-1], ["1"], [1.5]]));

  it("getblockstats", () =>
    same("getblockstats", [
      ...some(hashes(), 3).map((hash) => [hash]),
      ...[0, 1, 110, 115, 155].map((height) => [height]),
      [115, ["feerate_percentiles", "height", "avgfee"]],
      [115, ["nothing"]],
      [-1],
      [156],
      [NO_HASH],
    ]));

  it("getrawtransaction", () =>
    same("getrawtransaction", [
      ...[0, 1, 2].flatMap((level) =>
        blocks.slice(108).flatMap(({ hash, tx }) => tx.map(({ txid }) => [txid, level, hash])),
      ),
      ...[0, 1, 2].flatMap((level) => pool.map((txid) => [txid, level])),
      [transactions()[3]?.txid],
      [transactions()[0]?.txid],
      [NO_HASH, 1, blocks[5]?.hash],
      [NO_HASH, 1, NO_HASH],
    ]));

  it("decoderawtransaction", () =>
    same("decoderawtransaction", [
      ...[undefined, true, false].flatMap((isWitness) =>
        [...some(transactions(), 4).map(({ hex }) => hex), ...pending].map((hex) =>
          isWitness === undefined ? [hex] : [hex, isWitness],
        ),
      ),
      ...["", "00", "zz", `${pending[0]}00`, pending[0]?.slice(2)].map((hex) => [hex]),
    ]));

  it("decodescript", () =>
    same(
      "decodescript",
      [...scripts(random)].map((script) => [script]),
    ));

  it("gettxout", () =>
    same("gettxout", [
      ...[true, false].flatMap((mempool) =>
        transactions().flatMap(({ txid, vout }) => vout.map((_, n) => [txid, n, mempool])),
      ),
      ...pool.flatMap((txid) => [0, 1, 10, 99].map((n) => [txid, n])),
      [NO_HASH, 0],
    ]));

  it("the state of the chain", async () => {
    await same("getblockchaininfo", [[]], ["size_on_disk", "verificationprogress", "warnings"]);
    await same("getdeploymentinfo", [[], ...some(hashes(), 20).map((hash) => [hash]), [NO_HASH]]);
    await same("getchaintxstats", [[], [10], [10, hashes()[50]], [1000], [0], [-1]]);
    await same("getnetworkhashps", [[], [10], [-1], [5, 100], [0], [-2], [5, 1000]]);
    for (const method of ["getchaintips", "getdifficulty", "getbestblockhash", "getblockcount"])
      await same(method, [[]]);
    await same(
      "getchainstates",
      [[]],
      ["verificationprogress", "coins_db_cache_bytes", "coins_tip_cache_bytes"],
    );
  });

  it("getblocktemplate, and what is known of mining after it", async () => {
    await same("getblocktemplate", [[SEGWIT], [{}], [], [{ mode: "x" }]], ["longpollid"]);
    await same("getmininginfo", [[]], ["warnings"]);
  });

  it("the mempool", async () => {
    await same("getrawmempool", [[], [true], [false, true], [true, true], [false, false]]);
    await same("getmempoolinfo", [[]], ["usage"]);
    const each = [...pool, NO_HASH].map((txid) => [txid]);
    for (const method of ["getmempoolentry", "getmempoolcluster"]) await same(method, each);
    for (const method of ["getmempoolancestors", "getmempooldescendants"])
      await same(method, [...each, ...pool.map((txid) => [txid, true])]);
    const spent = transactions().flatMap(({ vin }) => vin.slice(0, 2));
    const outpoints = spent.filter(({ txid }) => txid !== undefined);
    await same("gettxspendingprevout", [
      [some(outpoints, 5).map(({ txid, vout }) => ({ txid, vout }))],
      [pool.map((txid) => ({ txid, vout: 0 }))],
      [[]],
      [[{ txid: NO_HASH, vout: -1 }]],
    ]);
    await same("getprioritisedtransactions", [[]]);
  });

  it("testmempoolaccept of what is valid and what is not", () =>
    same("testmempoolaccept", [
      ...[...pending, transactions()[0]?.hex, transactions().at(-1)?.hex].map((hex) => [[hex]]),
      ...[0, 0.00001, 1, 2].map((rate) => [[pending[4]], rate]),
      [[pending[4], pending[4]]],
      [[pending[3], pending[4]]],
      [[]],
      ...changed(pending[4] as string, random, 150).map((hex) => [[hex]]),
    ]));

  it("sendrawtransaction of what is not valid", () =>
    same("sendrawtransaction", [
      [pending[0]],
      [transactions()[1]?.hex],
      [transactions().at(-1)?.hex],
      [pending[4], 0.000001],
      ["00"],
      ...changed(pending[4] as string, random, 60).map((hex) => [hex]),
    ]));

  it("validateaddress", { skip: vectorsMissing }, () =>
    same(
      "validateaddress",
      addresses().map((address) => [address]),
    ),
  );

  it("scantxoutset", () =>
    same("scantxoutset", [
      ["start", [REWARD]],
      ["start", ["raw(51)", { desc: "raw(52)" }]],
      ["start", ["pkh(02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5)"]],
      ["start", [{ desc: `wpkh(${KEY_PATTERN})`, range: [0, 5] }]],
      ["start", [...SPENDABLE.values()].map((script) => `raw(${encodeHex(script)})`)],
      ["status"],
      ["abort"],
      ["x"],
    ]));

  it("getdescriptorinfo and deriveaddresses", async () => {
    await same(
      "getdescriptorinfo",
      descriptors().map((descriptor) => [descriptor]),
    );
    for (const descriptor of descriptors()) {
      const answer = await theirs
        .call<{ descriptor: string }>("getdescriptorinfo", descriptor)
        .catch(() => null);
      if (answer === null) continue;
      await same("deriveaddresses", [
        [answer.descriptor],
        [answer.descriptor, 3],
        [answer.descriptor, [2, 4]],
        [descriptor],
      ]);
    }
  });

  it("methods that need only their arguments", async () => {
    const [tx] = transactions();
    const inputs = [{ txid: tx?.txid, vout: 0 }];
    await same("createrawtransaction", [
      [inputs, [{ [ADDRESS]: 1 }]],
      [inputs, { [ADDRESS]: "0.1", data: "00ff" }, 500, true],
      [inputs, [{ data: "zz" }]],
      [inputs, [{ [ADDRESS]: -1 }]],
      [[{ txid: "00", vout: 0 }], []],
    ]);
    await same("createmultisig", [
      [1, [KEY]],
      [2, [KEY, KEY], "bech32"],
      [2, [KEY, KEY], "p2sh-segwit"],
      [2, [KEY]],
      [1, ["02"]],
    ]);
    await same("uptime", [[1]]);
  });

  it("help lists bitcoind's methods and our own, no others", async (t) => {
    const names = async (node: NodeProcess): Promise<Set<string>> => {
      const lines = (await node.call<string>("help")).split("\n");
      return new Set(lines.flatMap((line) => /^[a-z][a-z0-9]+/.exec(line)?.[0] ?? []));
    };
    const known = await names(theirs);
    if (!known.has("createwallet")) return t.skip("this bitcoind was built without a wallet");
    // A bitcoind that was built without these does not list them.
    for (const name of ["getzmqnotifications", "enumeratesigners", "walletdisplayaddress"])
      known.add(name);
    const our = [...(await names(ours))];
    assert.deepEqual(our.filter((name) => !known.has(name)).sort(), OWN_METHODS);
  });

  it("and after a block of the mempool both have the same coins", async () => {
    await same("prioritisetransaction", [
      [pool[0], 0, 1000],
      [NO_HASH, 0, 5],
      [pool[0], 1, 5],
    ]);
    await same("getprioritisedtransactions", [[]]);
    await same("generatetodescriptor", [[1, "raw(51)"]]);
    await same("getrawmempool", [[], [true]]);
    await same("getblock", [[await theirs.call("getbestblockhash"), 3]]);
    // This writes the coins to disk and empties the cache, of which testmempoolaccept tells.
    await same(
      "gettxoutsetinfo",
      [["muhash"], ["none"], ["hash_serialized_3"], ["x"]],
      ["disk_size"],
    );
    await assertSameCoins(ours, theirs);
  });
});

/** The answer without members that tell of the moment or the machine. */
function without(answer: string, members: readonly string[]): string {
  // Help is in our own words: of an error that shows it the usage line counts.
  let text = answer.replace(/("code":-1,"message":"[^\n]*?\\n)\\n.*(?="\})/, "$1…");
  for (const name of members)
    text = text.replace(new RegExp(`"${name}":("[^"]*"|\\[[^\\]]*\\]|[^,}]*),?`, "g"), "");
  return text;
}

/** Both answers around the first letter in which they differ. */
function difference(
  method: string,
  params: readonly unknown[],
  our: string,
  their: string,
): string {
  let at = 0;
  while (our[at] === their[at]) at++;
  const from = Math.max(0, at - 60);
  const question = `${method} ${JSON.stringify(params)}`.slice(0, 300);
  return `${question}\n  ours   …${our.slice(from, at + 150)}\n  theirs …${their.slice(from, at + 150)}`;
}
