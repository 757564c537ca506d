import assert from "node:assert/strict";
import { parseAddress } from "@compeer/protocol/bitcoin/address";
import type { Input, Transaction } from "@compeer/protocol/bitcoin/transaction";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { createPsbt, EMPTY_PSBT_INPUT } from "@compeer/protocol/wallet/psbt";
import { extractTransaction } from "@compeer/protocol/wallet/psbt-finalize";
import { signPsbt } from "@compeer/protocol/wallet/psbt-sign";
import { SILENT_LOG } from "../../../mempool/testing/regtest-chain.ts";
import { openRegtest, type RegtestPeer } from "../../../mining/testing/regtest-peer.ts";
import type { Wallet } from "../../../wallet/wallet.ts";
import { WalletManager } from "../../../wallet/wallet-manager.ts";
import { DEFAULT_WALLET_OPTIONS } from "../../../wallet/wallet-options.ts";
import { messageMethods } from "../message-methods.ts";
import type { RpcMethod } from "../method.ts";
import { Params } from "../params.ts";
import { txoutProofMethods } from "../txout-proof-methods.ts";
import { walletReadMethods } from "../wallet-read-methods.ts";
import { wordsMethods } from "../words-methods.ts";

/** A new regtest in memory with one wallet, which mined the first 101 blocks, and the methods that read it. */
export class ReadingPeer {
  readonly peer: RegtestPeer;
  readonly manager: WalletManager;
  readonly wallet: Wallet;
  /** Labelled "miner": all coins came to it. */
  readonly address: string;
  readonly #methods: readonly RpcMethod[];

  private constructor(peer: RegtestPeer, manager: WalletManager, wallet: Wallet, address: string) {
    this.peer = peer;
    this.manager = manager;
    this.wallet = wallet;
    this.address = address;
    this.#methods = [
      ...walletReadMethods({ wallets: manager }),
      ...wordsMethods({ wallets: manager, chain: peer.chain }),
      ...messageMethods(peer.chain.network),
      ...txoutProofMethods(peer.chain),
    ];
  }

  static async open(): Promise<ReadingPeer> {
    const peer = await openRegtest();
    const manager = new WalletManager({
      ...{ chain: peer.chain, mempool: peer.mempool, clock: peer.clock, log: SILENT_LOG },
      ...{ fees: null, relay: () => {}, notify: () => {}, directory: null, startup: null },
      options: { ...DEFAULT_WALLET_OPTIONS, keypool: 5 },
    });
    const { wallet } = await manager.create("first");
    const address = await wallet.newAddress("bech32", "miner");
    const reading = new ReadingPeer(peer, manager, wallet, address);
    await reading.mine(101);
    return reading;
  }

  async close(): Promise<void> {
    for (const each of [...this.manager.wallets]) await this.manager.unload(each);
    await this.peer.chain.close();
  }

  async mine(count: number, to: string = this.address): Promise<void> {
    const script = parseAddress(to, this.peer.chain.network) as Uint8Array;
    await this.peer.miner.generate(count, script, 1_000_000);
    await this.wallet.synced();
  }

  /** Calls a method with plain values and gives its answer as plain values. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, which the tests look into
  call(name: string, ...values: unknown[]): Promise<any> {
    return this.callAt(null, name, ...values);
  }

  /** As `call`, for the wallet of that name. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, which the tests look into
  async callAt(wallet: string | null, name: string, ...values: unknown[]): Promise<any> {
    const method = this.#methods.find((each) => each.name === name);
    assert.ok(method, name);
    const list = values.map((value) => parseJson(JSON.stringify(value ?? null)));
    const params = new Params(method.args, list);
    const { signal } = new AbortController();
    const answer = await method.run({ params, signal, wallet, user: "test" });
    return JSON.parse(writeJson(answer));
  }

  /** Code and message of the refusal. */
  async refused(name: string, ...values: unknown[]): Promise<string> {
    return this.refusedAt(null, name, ...values);
  }

  async refusedAt(wallet: string | null, name: string, ...values: unknown[]): Promise<string> {
    try {
      await this.callAt(wallet, name, ...values);
    } catch (error) {
      if (error instanceof RpcError) return `${error.code} ${error.message}`;
      throw error;
    }
    return "not refused";
  }

  /** Pays from the oldest coin to addresses; what is left over is the fee. */
  async pay(outputs: Record<string, number>): Promise<Transaction> {
    const coin = [...this.wallet.ledger.coins()].find(
      ({ transaction, depth }) => depth > 0 && !this.wallet.ledger.isImmature(transaction),
    );
    assert.ok(coin);
    const { txid, index } = coin;
    const input: Input = {
      ...{ prevout: { txid, index }, script: new Uint8Array(0), sequence: 0xfffffffd, witness: [] },
    };
    const paid = Object.entries(outputs).map(([to, value]) => ({
      value,
      script: parseAddress(to, this.wallet.network) as Uint8Array,
    }));
    const psbt = {
      ...createPsbt({ version: 2, inputs: [input], outputs: paid, lockTime: 0 }),
      inputs: [{ ...EMPTY_PSBT_INPUT, nonWitnessUtxo: coin.transaction.tx }],
    };
    const provider = { find: (script: Uint8Array) => this.wallet.signing(script) };
    const signed = signPsbt(psbt, provider, { sign: true, bip32derivs: false, finalize: true });
    assert.ok(signed.complete);
    const tx = extractTransaction(signed.psbt);
    await this.wallet.commit(tx.raw, { comment: "rent", to: "landlord" });
    return tx;
  }
}
