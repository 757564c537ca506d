import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAddress } from "@compeer/protocol/bitcoin/address";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { SILENT_LOG } from "../../../mempool/testing/regtest-chain.ts";
import { openRegtest, type RegtestPeer } from "../../../mining/testing/regtest-peer.ts";
import { randomMasterKey } from "../../../wallet/master-key.ts";
import { Wallet } from "../../../wallet/wallet.ts";
import { DEFAULT_WALLET_OPTIONS, type WalletOptions } from "../../../wallet/wallet-options.ts";
import { WalletStore } from "../../../wallet/wallet-store.ts";
import type { RpcMethod } from "../method.ts";
import { Params } from "../params.ts";
import { walletSpendMethods } from "../wallet-spend-methods.ts";

const KEYPOOL = 20;

/** Wallets on a new regtest, with the methods that spend. */
export class WalletLab {
  readonly peer: RegtestPeer;
  readonly #directory: string;
  readonly #wallets: Wallet[] = [];
  readonly #methods: readonly RpcMethod[];

  private constructor(peer: RegtestPeer) {
    this.peer = peer;
    this.#directory = mkdtempSync(join(tmpdir(), "compeer-spend-"));
    const get = (name: string) => this.#wallets.find((each) => each.name === name);
    this.#methods = walletSpendMethods({ wallets: { wallets: this.#wallets, get } });
  }

  static async open(): Promise<WalletLab> {
    return new WalletLab(await openRegtest());
  }

  /** A new wallet with keys of its own. */
  async wallet(name: string, options: Partial<WalletOptions> = {}): Promise<Wallet> {
    const { chain, mempool, clock } = this.peer;
    const notify = (): void => {};
    const parts = { chain, mempool, clock, log: SILENT_LOG, fees: null, relay: notify, notify };
    const path = join(this.#directory, name);
    const store = WalletStore.create(path, chain.network.genesisHash, true);
    const settings = { ...DEFAULT_WALLET_OPTIONS, keypool: KEYPOOL, fallbackRate: 20_000 };
    const wallet = new Wallet(
      parts,
      name,
      store,
      { ...settings, unsafeSync: true, ...options },
      notify,
    );
    await wallet.addStandardDescriptors(randomMasterKey(wallet.network), 0);
    await wallet.attach();
    this.#wallets.push(wallet);
    return wallet;
  }

  /** Mines blocks that pay to an address, and waits until every wallet has seen them. */
  async mine(count: number, address: string): Promise<void> {
    const script = parseAddress(address, this.peer.chain.network) as Uint8Array;
    await this.peer.miner.generate(count, script, 1_000_000);
    for (const wallet of this.#wallets) await wallet.synced();
  }

  /** Calls a method for a wallet with plain values, and gives its answer as plain values. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, all looked into by the tests
  async call(wallet: Wallet, name: string, ...values: unknown[]): Promise<any> {
    const method = this.#methods.find((each) => each.name === name);
    assert.ok(method, name);
    const list = values.map((value) => parseJson(JSON.stringify(value ?? null)));
    const params = new Params(method.args, list);
    const { signal } = new AbortController();
    const call = { params, signal, wallet: wallet.name, user: "test" };
    return JSON.parse(writeJson(await method.run(call)));
  }

  /** Code and words of the refusal of a call. */
  async refusal(wallet: Wallet, name: string, ...values: unknown[]): Promise<string> {
    return this.call(wallet, name, ...values).then(
      () => "not refused",
      (error: unknown) => {
        if (error instanceof RpcError) return `${error.code} ${error.message}`;
        throw error;
      },
    );
  }

  async close(): Promise<void> {
    for (const wallet of this.#wallets) await wallet.close();
    await this.peer.chain.close();
    rmSync(this.#directory, { recursive: true });
  }
}
