import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { draft } from "../../mempool/testing/ledger.ts";
import { openRegtest, type RegtestPeer } from "../../mining/testing/regtest-peer.ts";
import { broadcastMethods } from "./broadcast-methods.ts";
import { mempoolMethods } from "./mempool-methods.ts";
import type { RpcMethod } from "./method.ts";
import { miningMethods } from "./mining-methods.ts";
import { Params } from "./params.ts";

/** Pays the script that `draft` spends. */
const OUTPUT = "raw(00204ae81572f06e1b88fd5ced7a1a000945432e83e1551e6f721ee9c00b8cc33260)";
const SUBSIDY = 50e8;

class Caller {
  readonly peer: RegtestPeer;
  readonly relayed: string[] = [];
  readonly #methods: ReadonlyMap<string, RpcMethod>;

  constructor(peer: RegtestPeer) {
    this.peer = peer;
    const { chain, mempool, miner, clock } = peer;
    const relay = (txid: Uint8Array): void => void this.relayed.push(formatHash(txid));
    const saveMempool = async (): Promise<string> => "/data/mempool.dat";
    const methods = [
      ...miningMethods({
        chain,
        mempool,
        miner,
        clock,
        peerCount: () => 0,
        warnings: () => [],
        stopping: new AbortController().signal,
      }),
      ...mempoolMethods({ chain, mempool, saveMempool, importMempool: async () => true }),
      ...broadcastMethods({ chain, mempool, relay }),
    ];
    this.#methods = new Map(methods.map((method) => [method.name, method]));
  }

  /** Calls a method with arguments as JSON; the answer is plain JavaScript. */
  async call(name: string, ...args: JsonOut[]): Promise<unknown> {
    return JSON.parse(writeJson(await this.run(name, args)));
  }

  async run(
    name: string,
    args: readonly JsonOut[],
    signal = new AbortController().signal,
  ): Promise<JsonOut> {
    const method = this.#methods.get(name);
    if (method === undefined) throw new Error(`no method ${name}`);
    const values = parseJson(writeJson(args)) as readonly Json[];
    const params = new Params(method.args, values);
    return method.run({ params, signal, wallet: null, user: "test" });
  }

  fails(code: number, message: RegExp | string, name: string, ...args: JsonOut[]): Promise<void> {
    return assert.rejects(this.call(name, ...args), (error) => {
      assert.ok(error instanceof RpcError, String(error));
      assert.equal(error.code, code);
      if (typeof message === "string") assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
  }

  /** A transaction that spends the reward of a block. */
  async spendReward(height: number, fee: number, outputs = 1): Promise<TransactionView> {
    const { chain } = this.peer;
    const node = chain.at(height);
    const block = node && (await chain.block(node));
    const [coinbase] = block?.transactions ?? [];
    const txid = transactionId(coinbase as TransactionView);
    const value = Math.floor((SUBSIDY - fee) / outputs);
    return draft([{ txid, index: 0 }], new Array(outputs).fill(value));
  }
}

async function grown(blocks: number): Promise<Caller> {
  const caller = new Caller(await openRegtest());
  const hashes = await caller.call("generatetodescriptor", blocks, OUTPUT);
  assert.equal((hashes as string[]).length, blocks);
  return caller;
}

function of(answer: unknown, name: string): unknown {
  return (answer as Record<string, unknown>)[name];
}

const hexOf = (tx: TransactionView): string => encodeHex(tx.raw);
const idOf = (tx: TransactionView): string => formatHash(transactionId(tx));

describe("mining methods", () => {
  it("generate to descriptors and addresses, and refuse what is neither", async () => {
    const caller = await grown(1);
    const address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
    const [hash] = (await caller.call("generatetoaddress", 1, address)) as string[];
    assert.equal(hash, formatHash(caller.peer.chain.tip.hash));
    await caller.fails(-5, "Error: Invalid address", "generatetoaddress", 1, "nowhere");
    await caller.fails(-5, "Error: Invalid address or descriptor", "generateblock", "nowhere", []);
    await caller.fails(-32601, /^generate\n\nhas been replaced/, "generate");
  });

  it("generateblock takes transactions as hex or by txid, and tells why it cannot", async () => {
    const caller = await grown(102);
    const [pooled, raw] = [await caller.spendReward(1, 500), await caller.spendReward(2, 0)];
    await caller.call("sendrawtransaction", hexOf(pooled));
    const list = [idOf(pooled), hexOf(raw)];
    const made = (await caller.call("generateblock", OUTPUT, list, false)) as {
      hash: string;
      hex: string;
    };
    assert.equal(made.hex.length > 500, true);
    assert.equal(caller.peer.chain.tip.height, 102);
    await caller.call("generateblock", OUTPUT, list);
    assert.equal(caller.peer.chain.tip.height, 103);
    const absent = "00".repeat(32);
    await caller.fails(-5, `Transaction ${absent} not in mempool.`, "generateblock", OUTPUT, [
      absent,
    ]);
    await caller.fails(-22, /^Transaction decode failed for 00/, "generateblock", OUTPUT, ["00"]);
    await caller.fails(
      -25,
      /^TestBlockValidity failed: bad-txns-inputs-missingorspent/,
      "generateblock",
      OUTPUT,
      [hexOf(draft([{ txid: new Uint8Array(32).fill(3), index: 0 }], [1]))],
    );
  });

  it("getblocktemplate answers what a miner needs", async () => {
    const caller = await grown(101);
    const tx = await caller.spendReward(1, 1234);
    await caller.call("sendrawtransaction", hexOf(tx));
    const template = (await caller.call("getblocktemplate", { rules: ["segwit"] })) as object;
    assert.deepEqual(Object.keys(template), [
      "capabilities",
      "version",
      "rules",
      "vbavailable",
      "vbrequired",
      "previousblockhash",
      "transactions",
      "coinbaseaux",
      "coinbasevalue",
      "longpollid",
      "target",
      "mintime",
      "mutable",
      "noncerange",
      "sigoplimit",
      "sizelimit",
      "weightlimit",
      "curtime",
      "bits",
      "height",
      "default_witness_commitment",
    ]);
    assert.deepEqual(of(template, "rules"), ["csv", "!segwit", "taproot"]);
    assert.equal(of(template, "coinbasevalue"), SUBSIDY + 1234);
    assert.equal(of(template, "height"), 102);
    assert.equal(of(template, "bits"), "207fffff");
    assert.equal(of(template, "target"), `7fffff${"0".repeat(58)}`);
    assert.deepEqual(of(template, "transactions"), [
      {
        data: hexOf(tx),
        txid: idOf(tx),
        hash: (of(template, "transactions") as { hash: string }[])[0]?.hash,
        depends: [],
        fee: 1234,
        sigops: 0,
        weight: tx.weight,
      },
    ]);
    assert.match(String(of(template, "longpollid")), /^[0-9a-f]{64}[0-9]+$/);
    await caller.fails(-8, /segwit rule set/, "getblocktemplate", { rules: [] });
    await caller.fails(-8, "Invalid mode", "getblocktemplate", { mode: "new" });
  });

  it("getblocktemplate judges proposals", async () => {
    const caller = await grown(1);
    const { block } = await caller.peer.miner.template(Uint8Array.of(0x51));
    const propose = (hex: string): Promise<unknown> =>
      caller.call("getblocktemplate", { mode: "proposal", data: hex, rules: ["segwit"] });
    assert.equal(await propose(encodeHex(block.raw)), null);
    const broken = block.raw.slice();
    broken[40] = (broken[40] as number) ^ 1;
    assert.equal(await propose(encodeHex(broken)), "bad-txnmrklroot");
    const tip = await caller.peer.chain.readBlock(caller.peer.chain.tip);
    assert.equal(await propose(encodeHex(tip as Uint8Array)), "duplicate");
    await caller.fails(-22, "Block decode failed", "getblocktemplate", {
      mode: "proposal",
      data: "00",
    });
    await caller.fails(-3, "Missing data String key for proposal", "getblocktemplate", {
      mode: "proposal",
    });
  });

  it("getblocktemplate waits for another tip when it is polled", async () => {
    const caller = await grown(1);
    const first = (await caller.call("getblocktemplate", { rules: ["segwit"] })) as {
      longpollid: string;
    };
    const request = { rules: ["segwit"], longpollid: first.longpollid };
    let isAnswered = false;
    const poll = caller.call("getblocktemplate", request).then((answer) => {
      isAnswered = true;
      return answer as { height: number };
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(isAnswered, false);
    await caller.call("generatetodescriptor", 1, OUTPUT);
    assert.equal((await poll).height, 3);
    const again = { rules: ["segwit"], longpollid: 1 };
    const hungUp = caller.run("getblocktemplate", [again], AbortSignal.timeout(20));
    await assert.rejects(hungUp, /^RpcError: Shutting down$/);
  });

  it("getmininginfo and getnetworkhashps tell of the chain", async () => {
    const caller = await grown(20);
    const info = (await caller.call("getmininginfo")) as object;
    assert.equal(of(info, "blocks"), 20);
    assert.equal(of(info, "currentblocktx"), 0);
    assert.equal(of(info, "currentblockweight"), 8000);
    assert.equal(of(info, "chain"), "regtest");
    assert.equal(of(info, "blockmintxfee"), 0.00000001);
    assert.equal((of(info, "next") as { height: number }).height, 21);
    assert.ok(Number(await caller.call("getnetworkhashps", 5, 10)) > 0);
    await caller.fails(-8, "Block does not exist at specified height", "getnetworkhashps", 1, 21);
    await caller.fails(
      -8,
      "Invalid nblocks. Must be a positive number or -1.",
      "getnetworkhashps",
      0,
    );
  });

  it("prioritisetransaction changes what a transaction is worth, and lists it", async () => {
    const caller = await grown(101);
    const tx = await caller.spendReward(1, 1000);
    const txid = idOf(tx);
    await caller.call("prioritisetransaction", txid, 0, 700);
    assert.deepEqual(await caller.call("getprioritisedtransactions"), {
      [txid]: { fee_delta: 700, in_mempool: false },
    });
    await caller.call("sendrawtransaction", hexOf(tx));
    assert.deepEqual(await caller.call("getprioritisedtransactions"), {
      [txid]: { fee_delta: 700, in_mempool: true, modified_fee: 1700 },
    });
    await caller.fails(-8, /dummy argument/, "prioritisetransaction", txid, 1, 700);
  });
});

describe("mempool methods", () => {
  it("sendrawtransaction takes, announces, and announces again", async () => {
    const caller = await grown(101);
    const tx = await caller.spendReward(1, 1000);
    assert.equal(await caller.call("sendrawtransaction", hexOf(tx)), idOf(tx));
    assert.equal(await caller.call("sendrawtransaction", hexOf(tx)), idOf(tx));
    assert.deepEqual(caller.relayed, [idOf(tx), idOf(tx)]);
    await caller.call("generatetodescriptor", 1, OUTPUT);
    await caller.fails(
      -27,
      "Transaction outputs already in utxo set",
      "sendrawtransaction",
      hexOf(tx),
    );
  });

  it("sendrawtransaction says in Core's words why it refuses", async () => {
    const caller = await grown(101);
    const orphan = draft([{ txid: new Uint8Array(32).fill(9), index: 1 }], [5]);
    await caller.fails(-25, "bad-txns-inputs-missingorspent", "sendrawtransaction", hexOf(orphan));
    const dear = await caller.spendReward(1, 1e8);
    await caller.fails(
      -25,
      /^Fee exceeds maximum configured by user/,
      "sendrawtransaction",
      hexOf(dear),
    );
    const cheap = await caller.spendReward(1, 1);
    await caller.fails(-26, "min relay fee not met, 1 < 10", "sendrawtransaction", hexOf(cheap));
    await caller.fails(-22, /^TX decode failed/, "sendrawtransaction", "00");
    await caller.fails(-8, /larger than or equal to 1BTC/, "sendrawtransaction", hexOf(dear), "1");
    assert.equal(await caller.call("sendrawtransaction", hexOf(dear), 0), idOf(dear));
  });

  it("testmempoolaccept answers for each transaction", async () => {
    const caller = await grown(101);
    const parent = await caller.spendReward(1, 1000);
    const child = draft([{ txid: transactionId(parent), index: 0 }], [SUBSIDY - 1000 - 2000]);
    const answer = (await caller.call("testmempoolaccept", [
      hexOf(parent),
      hexOf(child),
    ])) as object[];
    assert.deepEqual(
      answer.map((each) => [of(each, "allowed"), of(each, "vsize")]),
      [
        [true, Math.ceil(parent.weight / 4)],
        [true, Math.ceil(child.weight / 4)],
      ],
    );
    const wrong = (await caller.call("testmempoolaccept", [hexOf(child)])) as unknown[];
    assert.equal(of(wrong[0], "reject-reason"), "missing-inputs");
    const twisted = (await caller.call("testmempoolaccept", [
      hexOf(child),
      hexOf(parent),
    ])) as object[];
    assert.equal(of(twisted[0], "package-error"), "package-not-sorted");
    await caller.fails(
      -8,
      "Array must contain between 1 and 25 transactions.",
      "testmempoolaccept",
      [],
    );
  });

  it("tell of entries, their relatives and spenders", async () => {
    const caller = await grown(101);
    const parent = await caller.spendReward(1, 1000);
    const child = draft([{ txid: transactionId(parent), index: 0 }], [SUBSIDY - 1000 - 2000]);
    await caller.call("sendrawtransaction", hexOf(parent));
    await caller.call("sendrawtransaction", hexOf(child));
    const [p, c] = [idOf(parent), idOf(child)];
    assert.deepEqual(await caller.call("getrawmempool"), [p, c]);
    assert.deepEqual(await caller.call("getmempoolancestors", c), [p]);
    assert.deepEqual(await caller.call("getmempooldescendants", p), [c]);
    const entry = (await caller.call("getmempoolentry", c)) as object;
    assert.equal(of(entry, "ancestorcount"), 2);
    assert.deepEqual(of(entry, "depends"), [p]);
    assert.deepEqual(of(entry, "spentby"), []);
    assert.equal(of(entry, "unbroadcast"), true);
    assert.equal(of(entry, "bip125-replaceable"), true);
    assert.deepEqual(of(entry, "fees"), {
      base: 0.00002,
      modified: 0.00002,
      ancestor: 0.00003,
      descendant: 0.00002,
      chunk: 0.00003,
    });
    assert.deepEqual(await caller.call("gettxspendingprevout", [{ txid: p, vout: 0 }]), [
      { txid: p, vout: 0, spendingtxid: c },
    ]);
    const info = (await caller.call("getmempoolinfo")) as object;
    assert.equal(of(info, "size"), 2);
    assert.equal(of(info, "total_fee"), 0.00003);
    assert.equal(of(info, "minrelaytxfee"), 0.000001);
    assert.equal(of(info, "maxmempool"), 300_000_000);
    const sequenced = (await caller.call("getrawmempool", false, true)) as object;
    assert.equal(of(sequenced, "mempool_sequence"), 3);
    await caller.fails(-5, "Transaction not in mempool", "getmempoolentry", "11".repeat(32));
    await caller.fails(-8, /^Verbose results cannot/, "getrawmempool", true, true);
    await caller.fails(-1, "The mempool was not loaded yet", "savemempool");
  });
});
