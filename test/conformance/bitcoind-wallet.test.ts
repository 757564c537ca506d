import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { reaches } from "../testing/compare-nodes.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import type { RpcClient } from "../testing/rpc-client.ts";

const OPTIONS = ["-fallbackfee=0.0001", "-keypool=20"];
const TYPES = ["legacy", "p2sh-segwit", "bech32", "bech32m"] as const;
/** BIP341: a point whose discrete logarithm nobody knows. */
const NOBODY = "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0";

interface Listed {
  readonly desc: string;
  readonly timestamp: number;
  readonly active: boolean;
  readonly internal?: boolean;
  readonly range?: readonly [number, number];
  readonly next_index?: number;
}

/** One key of a wallet, as a descriptor names it with and without its secret. */
interface WalletKey {
  readonly secret: string;
  readonly public: string;
}

/** Every kind of output that needs both keys, or in the last case either one after some blocks. */
const SHARED: readonly (readonly [string, (a: string, b: string) => string])[] = [
  ["sh(sortedmulti)", (a, b) => `sh(sortedmulti(2,${a},${b}))`],
  ["wsh(multi)", (a, b) => `wsh(multi(2,${a},${b}))`],
  ["sh(wsh(multi))", (a, b) => `sh(wsh(multi(2,${a},${b})))`],
  ["wsh(miniscript)", (a, b) => `wsh(and_v(v:pk(${a}),pk(${b})))`],
  ["tr(multi_a)", (a, b) => `tr(${NOBODY},multi_a(2,${a},${b}))`],
  [
    "tr(miniscript in a tree)",
    (a, b) => `tr(${NOBODY},{and_v(v:pk(${a}),pk(${b})),pk(${NOBODY})})`,
  ],
];

describe("wallets of compeer and bitcoind", { skip: bitcoindMissing }, () => {
  const scratch = mkdtempSync(join(tmpdir(), "compeer-wallets-"));
  const nodes: NodeProcess[] = [];
  let compeer: NodeProcess;
  let bitcoind: NodeProcess;
  let miner: RpcClient;
  let withoutWallet = false;

  before(async () => {
    compeer = await startCompeerd(join(scratch, "compeer"), ...OPTIONS);
    nodes.push(compeer);
    bitcoind = await startBitcoind(join(scratch, "bitcoind"), ...OPTIONS);
    nodes.push(bitcoind);
    withoutWallet = await bitcoind.call("listwallets").then(
      () => false,
      () => true,
    );
    await compeer.call("createwallet", "miner");
    miner = compeer.rpc.wallet("miner");
    await compeer.call("generatetoaddress", 110, await miner.call("getnewaddress"));
    await bitcoind.call("addnode", compeer.address, "onetry");
    await reaches(bitcoind, compeer);
  });

  after(async () => {
    for (const node of nodes) await node.kill();
    rmSync(scratch, { recursive: true });
  });

  /** Pays each address one coin and confirms it. */
  async function fund(addresses: readonly string[], amount: number): Promise<void> {
    for (const address of addresses) await miner.call("sendtoaddress", address, amount);
    await confirm();
  }

  async function confirm(): Promise<void> {
    await compeer.call("generatetoaddress", 1, await miner.call("getnewaddress"));
    await reaches(bitcoind, compeer);
  }

  /** The transaction as `node` takes it, then a block with it. */
  async function send(node: NodeProcess, hex: string): Promise<void> {
    const txid = await node.call<string>("sendrawtransaction", hex);
    // A block of ours has it whether it was relayed yet or not.
    if (node !== compeer) await compeer.call("sendrawtransaction", hex).catch(() => undefined);
    assert.ok((await compeer.call<string[]>("getrawmempool")).includes(txid));
    await confirm();
  }

  async function make(node: NodeProcess, name: string, ...options: readonly unknown[]) {
    await node.call("createwallet", name, ...options);
    return node.rpc.wallet(name);
  }

  async function withChecksum(descriptor: string): Promise<string> {
    const { checksum } = await bitcoind.call<{ checksum: string }>("getdescriptorinfo", descriptor);
    return `${descriptor}#${checksum}`;
  }

  async function load(wallet: RpcClient, requests: readonly object[]): Promise<void> {
    const results = await wallet.call<{ success: boolean; error?: object }[]>(
      "importdescriptors",
      requests,
    );
    for (const { success, error } of results) assert.ok(success, JSON.stringify(error));
  }

  const pairs = () =>
    [
      ["compeer", compeer, bitcoind],
      ["bitcoind", bitcoind, compeer],
    ] as const;

  it("a descriptor exported by one is imported by the other with the same addresses and balance", async (t) => {
    if (withoutWallet) return t.skip("BITCOIND WITHOUT WALLET");
    for (const [name, from, to] of pairs()) {
      const source = await make(from, `export-${name}`);
      const addresses: string[] = [];
      for (const type of TYPES)
        addresses.push(await source.call<string>("getnewaddress", "", type));
      await fund(addresses, 1.25);
      await reaches(to, from);
      const { descriptors } = await source.call<{ descriptors: Listed[] }>("listdescriptors", true);
      assert.equal(descriptors.length, 8);
      const copy = await make(to, `import-${name}`, false, true);
      await load(
        copy,
        descriptors.map((it) => ({ ...it, timestamp: 0 })),
      );
      assert.equal(await copy.call("getbalance"), 5);
      assert.equal(await copy.call("getbalance"), await source.call("getbalance"));
      for (const type of TYPES)
        assert.equal(
          await copy.call("getnewaddress", "", type),
          await source.call("getnewaddress", "", type),
        );
      const back = await copy.call<{ descriptors: Listed[] }>("listdescriptors", true);
      const texts = (list: readonly Listed[]) => list.map(({ desc }) => desc).sort();
      assert.deepEqual(texts(back.descriptors), texts(descriptors));
    }
  });

  it("a PSBT of a watching wallet is signed by the other program, for every kind of address", async (t) => {
    if (withoutWallet) return t.skip("BITCOIND WITHOUT WALLET");
    for (const [name, from, to] of pairs()) {
      const signer = await make(to, `signer-${name}`);
      const { descriptors } = await signer.call<{ descriptors: Listed[] }>("listdescriptors");
      const watcher = await make(from, `watcher-${name}`, true, true);
      await load(
        watcher,
        descriptors.map((it) => ({ ...it, timestamp: "now" })),
      );
      for (const type of TYPES) {
        await fund([await watcher.call<string>("getnewaddress", "", type)], 2);
        await reaches(from, compeer);
        const [coin] = await watcher.call<{ txid: string; vout: number }[]>("listunspent");
        const target = await miner.call<string>("getnewaddress");
        const { psbt } = await watcher.call<{ psbt: string }>(
          "walletcreatefundedpsbt",
          [coin],
          [{ [target]: 2 }],
          0,
          { subtractFeeFromOutputs: [0], add_inputs: false },
        );
        const signed = await signer.call<{ psbt: string; complete: boolean; hex: string }>(
          "walletprocesspsbt",
          psbt,
        );
        assert.ok(signed.complete, `${type}, made by ${name}`);
        const final = await from.call<{ hex: string }>("finalizepsbt", signed.psbt);
        await send(from, final.hex);
      }
    }
  });

  it("a coin of two keys is spent by one key in each program, whoever begins", async (t) => {
    if (withoutWallet) return t.skip("BITCOIND WITHOUT WALLET");
    const keys: WalletKey[] = [];
    for (const node of [compeer, bitcoind]) {
      const wallet = await make(node, "keys");
      keys.push(await accountKey(wallet));
    }
    const [ours, theirs] = keys as [WalletKey, WalletKey];
    for (const [kind, script] of SHARED) {
      const wallets: RpcClient[] = [];
      for (const [node, a, b] of [
        [compeer, ours.secret, theirs.public],
        [bitcoind, ours.public, theirs.secret],
      ] as const) {
        const wallet = await make(node, `shared ${kind}`, false, true);
        const desc = await withChecksum(script(a, b));
        const common = { desc, active: false, range: [0, 5], timestamp: "now" };
        await load(wallet, [common]);
        wallets.push(wallet);
      }
      const both = await withChecksum(script(ours.public, theirs.public));
      const addresses = await compeer.call<string[]>("deriveaddresses", both, [0, 1]);
      assert.deepEqual(await bitcoind.call("deriveaddresses", both, [0, 1]), addresses);
      await fund(addresses, 3);
      const coins = await (wallets[0] as RpcClient).call<{ txid: string; vout: number }[]>(
        "listunspent",
      );
      assert.equal(coins.length, 2, kind);
      for (const [i, first] of wallets.entries()) {
        const second = wallets[1 - i] as RpcClient;
        const target = await miner.call<string>("getnewaddress");
        const { psbt } = await first.call<{ psbt: string }>(
          "walletcreatefundedpsbt",
          [coins[i]],
          [{ [target]: 3 }],
          0,
          {
            subtractFeeFromOutputs: [0],
            add_inputs: false,
            includeWatching: true,
            solving_data: { descriptors: [both] },
          },
        );
        const half = await first.call<{ psbt: string; complete: boolean }>(
          "walletprocesspsbt",
          psbt,
        );
        assert.equal(half.complete, false, kind);
        const whole = await second.call<{ psbt: string; complete: boolean }>(
          "walletprocesspsbt",
          half.psbt,
        );
        assert.ok(whole.complete, `${kind}, begun by ${i === 0 ? "compeer" : "bitcoind"}`);
        const node = i === 0 ? bitcoind : compeer;
        const { hex } = await node.call<{ hex: string }>("finalizepsbt", whole.psbt);
        await send(node, hex);
      }
    }
  });
});

/** The key of BIP84's first account, which every new wallet has. */
async function accountKey(wallet: RpcClient): Promise<WalletKey> {
  const find = async (secret: boolean) => {
    const { descriptors } = await wallet.call<{ descriptors: Listed[] }>("listdescriptors", secret);
    const found = descriptors.find(({ desc, internal }) => desc.startsWith("wpkh(") && !internal);
    const key = /^wpkh\((.*)\)#/.exec(found?.desc ?? "")?.[1];
    if (key === undefined) throw new Error("no descriptor of BIP84");
    return key;
  };
  return { secret: await find(true), public: await find(false) };
}
