import { formatHash } from "@compeer/protocol/bytes/hash";
import type { Unspent } from "../grow-chain.ts";
import type { Random } from "../random.ts";
import { RpcFailure } from "../rpc-client.ts";
import type { SoakLiar } from "./soak-liar.ts";
import type { SoakMesh } from "./soak-mesh.ts";
import type { SoakNode } from "./soak-node.ts";
import { type Payment, SoakPurse, scanCoins } from "./soak-purse.ts";
import type { SoakTally } from "./soak-tally.ts";

/** From what hardly anybody mines to what everybody wants. */
const RATES = [150, 1000, 2000, 5000, 20_000];
const PURSES = 3;
/** Payments that may still be replaced. */
const REMEMBERED = 50;
/** What a node may say to a payment while others spend the same coins, blocks come and nodes die. */
const EXPECTED =
  /missing-?inputs|missingorspent|mempool-conflict|insufficient fee|replacement-failed|too-large-cluster|already-(in-mempool|known)|already in (utxo|mempool)|premature-spend|min(imum)? (relay )?fee not met|spends-conflicting|conflict-in-package|TRUC-violation|transaction failed|-27 /;

/** Payments of all kinds from several purses through any node. */
export class SoakPayments {
  readonly unexpected: string[] = [];
  readonly #mesh: SoakMesh;
  readonly #random: Random;
  readonly #tally: SoakTally;
  readonly #liar: SoakLiar;
  readonly #purses: readonly SoakPurse[];
  readonly #recent: Payment[] = [];

  constructor(mesh: SoakMesh, random: Random, tally: SoakTally, liar: SoakLiar) {
    this.#mesh = mesh;
    this.#random = random;
    this.#tally = tally;
    this.#liar = liar;
    this.#purses = Array.from({ length: PURSES }, () => new SoakPurse(random));
  }

  /** Shares what is on the chain of a node among the purses, whatever was done with it before. */
  async refill(node: SoakNode): Promise<void> {
    const coins = await scanCoins(node);
    this.#purses.forEach((purse, i) => {
      purse.refill(coins.filter((_, n) => n % PURSES === i));
    });
    this.#recent.length = 0;
  }

  /** Splits what is large, so that there is enough to pay with. */
  async split(through: SoakNode, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const purse = this.#purses[i % PURSES] as SoakPurse;
      const payment = purse.pay(purse.take(1), { satsPerKvb: 20_000, outputs: 20 });
      if (payment !== null) await this.#send(through, payment, purse);
    }
  }

  /** One act of somebody who pays. */
  async act(): Promise<void> {
    const kind = this.#random.below(12);
    if (kind < 5) await this.single();
    else if (kind < 7) await this.chain();
    else if (kind < 9) await this.replacement();
    else if (kind < 11) await this.package();
    else await this.#doubleSpend();
  }

  async single(satsPerKvb: number = this.#random.pick(RATES)): Promise<void> {
    const purse = this.#random.pick(this.#purses);
    const payment = purse.pay(purse.take(1 + this.#random.below(3)), { satsPerKvb });
    if (payment !== null) await this.#send(this.#anyone(), payment, purse);
  }

  /** Each spends the one before; mostly through one node, else parents may come later than children. */
  async chain(satsPerKvb: number = this.#random.pick(RATES)): Promise<void> {
    const purse = this.#random.pick(this.#purses);
    let coins: readonly Unspent[] = purse.take(1);
    const through = this.#anyone();
    const isScattered = this.#random.oneIn(4);
    for (let left = 2 + this.#random.below(5); left > 0; left--) {
      const payment = purse.pay(coins, { satsPerKvb, outputs: 1 });
      if (payment === null) return;
      await this.#send(isScattered ? this.#anyone() : through, payment, null);
      coins = payment.made;
    }
    purse.put(coins);
    this.#tally.count("chains");
  }

  /** The same coins again for three times the fee. */
  async replacement(): Promise<void> {
    if (this.#recent.length === 0) return;
    const purse = this.#random.pick(this.#purses);
    const { spent, fee } = this.#random.pick(this.#recent);
    const satsPerKvb = Math.min(200_000, Math.ceil((fee / (spent.length * 150 + 100)) * 3000));
    const payment = purse.pay(spent, { satsPerKvb });
    if (payment === null) return;
    this.#tally.count("replacements");
    await this.#send(this.#anyone(), payment, purse);
  }

  /** A parent that pays nothing and a child that pays for both. */
  async package(): Promise<void> {
    const purse = this.#random.pick(this.#purses);
    const version = this.#random.oneIn(2) ? 3 : 2;
    const parent = purse.pay(purse.take(1), { satsPerKvb: 0, outputs: 2, version });
    const child = parent && purse.pay(parent.made.slice(0, 1), { satsPerKvb: 20_000, version });
    if (parent === null || child === null) return;
    const through = this.#anyone();
    const answer = await this.#ask(through, "submitpackage", [parent.hex, child.hex]);
    this.#tally.count("packages");
    const message = (answer as { package_msg?: string } | null)?.package_msg;
    if (message === "success") purse.put(child.made);
    else if (message !== undefined) this.#note(through, message);
  }

  /** Two payments of one coin through two nodes. */
  async #doubleSpend(): Promise<void> {
    const purse = this.#random.pick(this.#purses);
    const coins = purse.take(1);
    const both = [purse.pay(coins), purse.pay(coins, { satsPerKvb: 2100 })];
    await Promise.all(both.map((payment) => payment && this.#send(this.#anyone(), payment, null)));
    this.#tally.count("double spends");
  }

  async #send(through: SoakNode, payment: Payment, purse: SoakPurse | null): Promise<void> {
    if (this.#random.oneIn(3)) this.#liar.pretendToHave(payment.tx);
    const txid = await this.#ask(through, "sendrawtransaction", payment.hex);
    if (txid === null) return;
    if (txid !== formatHash(payment.tx.txid)) throw new Error(`${through.name} says ${txid}`);
    this.#tally.count("transactions");
    purse?.put(payment.made);
    this.#recent.push(payment);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
  }

  async #ask(through: SoakNode, method: string, argument: unknown): Promise<unknown> {
    try {
      return await through.call(method, argument);
    } catch (error) {
      if (!through.isReady) return null;
      if (!(error instanceof RpcFailure)) throw error;
      this.#note(through, `${error.code} ${error.message}`);
      return null;
    }
  }

  #note({ name, kind }: SoakNode, message: string): void {
    this.#tally.count("refused payments");
    if (!EXPECTED.test(`${message} `)) this.unexpected.push(`${name} (${kind}): ${message}`);
  }

  #anyone(): SoakNode {
    return this.#random.pick(this.#mesh.ready);
  }
}
