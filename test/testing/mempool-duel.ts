import type { NodeProcess } from "./node-process.ts";
import type { Random } from "./random.ts";
import { type OpenCoin, type OpenTransaction, RandomTransactions } from "./random-mempool.ts";
import { RpcFailure } from "./rpc-client.ts";

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

interface Template {
  readonly coinbasevalue: number;
  readonly transactions: readonly { readonly txid: string; readonly fee: number }[];
}

/** Most that the fees of two templates may differ by, as a share. */
const FEE_TOLERANCE = 0.001;

const FEE_TARGETS = [1, 2, 6, 30, 500];

/** Gives the same random transactions to two nodes and notes where they answer differently. */
export class MempoolDuel {
  readonly differences: string[] = [];
  readonly #ours: NodeProcess;
  readonly #theirs: NodeProcess;
  readonly #random: Random;
  readonly #make: RandomTransactions;
  /** Unspent in block or mempool. */
  readonly #free: OpenCoin[];
  /** What is in the mempool, by txid. */
  readonly #pool = new Map<string, OpenTransaction>();
  readonly #verdicts = new Map<string, number>();

  constructor(ours: NodeProcess, theirs: NodeProcess, random: Random, coins: readonly OpenCoin[]) {
    this.#ours = ours;
    this.#theirs = theirs;
    this.#random = random;
    this.#make = new RandomTransactions(random);
    this.#free = [...coins];
  }

  /** One random submission to both. */
  async step(step: number): Promise<void> {
    const random = this.#random;
    const kind = random.below(20);
    if (kind < 12) return this.#single(step);
    if (kind < 17) return this.#package(step);
    if (kind < 19) return this.#test(step);
    return this.#prioritise(step);
  }

  /** Compares mempools, entries and templates. */
  async look(step: number): Promise<void> {
    const pools = await this.#both<string[]>("getrawmempool");
    const [ours, theirs] = pools.map((txids) => [...txids].sort().join(" ")) as [string, string];
    if (ours !== theirs) this.#note(step, "getrawmempool", ours, theirs);
    const txids = [...(pools[1] ?? [])];
    for (let i = 0; i < 10 && txids.length > 0; i++) {
      const txid = this.#random.pick(txids);
      const entries = await this.#both<Record<string, unknown>>("getmempoolentry", txid);
      const [own, other] = entries.map(entryText) as [string, string];
      if (own !== other) this.#note(step, `getmempoolentry ${txid}`, own, other);
    }
    for (const target of FEE_TARGETS) await this.#ask(step, "estimaterawfee", [target, 0.5]);
    await this.#ask(step, "estimatesmartfee", [2]);
    await this.#compareTemplates(step);
  }

  /** Has the other mine what is in its mempool, and gives us the block. */
  async mine(step: number, descriptor: string): Promise<void> {
    const [hash] = await this.#theirs.call<[string]>("generatetodescriptor", 1, descriptor);
    const block = await this.#theirs.call<string>("getblock", hash, 0);
    const refused = await this.#ours.call("submitblock", block);
    if (refused !== null) this.#note(step, "submitblock", String(refused), "null");
    const { tx } = await this.#theirs.call<{ tx: string[] }>("getblock", hash, 1);
    for (const txid of tx) this.#pool.delete(txid);
    await this.look(step);
  }

  /** How often which verdict came. */
  summary(): string[] {
    const lines = [...this.#verdicts].sort(([, a], [, b]) => b - a);
    return lines.map(([verdict, count]) => `${count} ${verdict}`);
  }

  async #single(step: number): Promise<void> {
    const tx = this.#random.oneIn(3) ? this.#replacement() : this.#payment();
    if (tx === null) return;
    const [, theirs] = await this.#ask(step, "sendrawtransaction", [tx.hex, 0, 21e6]);
    if (theirs.error === undefined) await this.#entered([tx]);
    this.#count(theirs.error ?? "accepted");
  }

  async #test(step: number): Promise<void> {
    const txs = this.#family();
    if (txs.length > 0) await this.#ask(step, "testmempoolaccept", [txs.map(({ hex }) => hex), 0]);
  }

  async #package(step: number): Promise<void> {
    const txs = this.#family();
    if (txs.length === 0) return;
    const hexes = txs.map(({ hex }) => hex);
    const [, theirs] = await this.#ask(step, "submitpackage", [hexes, 0, 21e6]);
    this.#countPackage(theirs);
    await this.#entered(txs);
  }

  async #prioritise(step: number): Promise<void> {
    const txids = [...this.#pool.keys()];
    if (txids.length === 0) return;
    const delta = this.#random.below(4000) - 1500;
    await this.#ask(step, "prioritisetransaction", [this.#random.pick(txids), 0, delta]);
  }

  #payment(): OpenTransaction | null {
    const coins = this.#coins(1 + this.#random.below(3));
    return this.#make.pay(coins, this.#fee(), (draft) => {
      if (this.#random.oneIn(3)) this.#make.spoil(draft);
    });
  }

  /** Spends what others of the mempool spend, for about what it takes to replace them. */
  #replacement(): OpenTransaction | null {
    const pool = [...this.#pool.values()];
    if (pool.length === 0) return null;
    const count = this.#random.oneIn(4) ? 2 + this.#random.below(3) : 1;
    const victims = Array.from({ length: count }, () => this.#random.pick(pool));
    const coins = victims.map(({ spent }) => this.#random.pick(spent));
    if (this.#random.oneIn(3)) coins.push(...this.#coins(1));
    const replaced = victims.reduce((sum, { fee }) => sum + fee, 0);
    const more = this.#random.pick([-1000, -1, 0, 1, 100, 1000, 20_000]);
    return this.#make.pay(unique(coins), (vsize) =>
      Math.max(0, replaced + Math.ceil(vsize / 10) + more),
    );
  }

  /** Parents and a child, or something like it. */
  #family(): OpenTransaction[] {
    const random = this.#random;
    const version = random.oneIn(2) ? 3 : 2;
    const parents: OpenTransaction[] = [];
    const count = random.oneIn(3) ? 1 + random.below(4) : 1;
    const isDust = random.oneIn(6);
    for (let i = 0; i < count; i++) {
      const spent = this.#pool.size > 0 && random.oneIn(4);
      const coins = spent
        ? [random.pick(random.pick([...this.#pool.values()]).spent)]
        : this.#coins(1);
      const fee = random.oneIn(2) ? () => 0 : this.#fee();
      const parent = this.#make.pay(coins, fee, (draft) => {
        draft.version = version;
        if (isDust) draft.outputs.push(dust());
        if (random.oneIn(12)) this.#make.spoil(draft);
      });
      if (parent !== null) parents.push(parent);
    }
    const made = parents.map((parent) => {
      const [coin] = parent.made;
      return coin;
    });
    const coins = made.filter((coin) => coin !== undefined);
    if (isDust && !random.oneIn(4))
      coins.push(...parents.flatMap((parent) => parent.made.slice(-1)));
    if (random.oneIn(3)) coins.push(...this.#coins(1));
    if (coins.length === 0) return parents;
    const child = this.#make.pay(unique(coins), this.#fee(), (draft) => {
      draft.version = random.oneIn(10) ? 5 - version : version;
      if (random.oneIn(12)) this.#make.spoil(draft);
    });
    const family = child === null ? parents : [...parents, child];
    if (random.oneIn(15)) family.reverse();
    if (random.oneIn(20)) family.push(random.pick(family));
    return family;
  }

  #coins(count: number): OpenCoin[] {
    const random = this.#random;
    const recent = this.#free.slice(-30);
    return unique(
      Array.from({ length: count }, () => random.pick(random.oneIn(3) ? recent : this.#free)),
    );
  }

  #fee(): (vsize: number) => number {
    const random = this.#random;
    const rate = random.pick([0, 50, 99, 100, 100, 100, 101, 150, 500, 1000, 1000, 3000, 20_000]);
    const slack = random.pick([-1, 0, 0, 0, 1]);
    return (vsize) => Math.max(0, Math.ceil((rate * vsize) / 1000) + slack);
  }

  /** Keeps what is in the other's mempool now. */
  async #entered(txs: readonly OpenTransaction[]): Promise<void> {
    const pool = new Set(await this.#theirs.call<string[]>("getrawmempool"));
    for (const tx of txs) {
      if (!pool.has(tx.txid) || this.#pool.has(tx.txid)) continue;
      this.#pool.set(tx.txid, tx);
      this.#free.push(...tx.made);
    }
    for (const [txid, tx] of this.#pool) {
      if (pool.has(txid)) continue;
      this.#pool.delete(txid);
      // What it spent may be free again; if not, spending it is a test as well.
      this.#free.push(...tx.spent);
    }
    const spent = new Set([...this.#pool.values()].flatMap((tx) => tx.spent.map(nameOf)));
    for (let i = this.#free.length - 1; i >= 0; i--)
      if (spent.has(nameOf(this.#free[i] as OpenCoin))) this.#free.splice(i, 1);
  }

  async #compareTemplates(step: number): Promise<void> {
    const [ours, theirs] = await this.#both<Template>("getblocktemplate", {
      rules: ["segwit"],
    });
    const [own, other] = [feesOf(ours), feesOf(theirs)];
    if (Math.abs(own - other) > FEE_TOLERANCE * other)
      this.#note(step, "template fees", String(own), String(other));
  }

  async #both<T>(method: string, ...params: readonly unknown[]): Promise<[T, T]> {
    return [
      await this.#ours.call<T>(method, ...params),
      await this.#theirs.call<T>(method, ...params),
    ];
  }

  async #ask(step: number, method: string, params: readonly unknown[]): Promise<[Answer, Answer]> {
    const ours = await answerOf(this.#ours, method, params);
    const theirs = await answerOf(this.#theirs, method, params);
    const [own, other] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (own !== other)
      this.#note(step, `${method} ${JSON.stringify(params).slice(0, 400)}`, own, other);
    return [ours, theirs];
  }

  #note(step: number, what: string, ours: string, theirs: string): void {
    this.differences.push(`step ${step}: ${what}\n  ours:   ${ours}\n  theirs: ${theirs}`);
  }

  #countPackage({ result, error }: Answer): void {
    const { package_msg: message } = (result ?? {}) as { package_msg?: string };
    this.#count(`package: ${message ?? error}`);
  }

  #count(verdict: string): void {
    const name = verdict.replace(/[0-9a-f]{64}/g, "…").replace(/[\d.]+/g, "n");
    this.#verdicts.set(name, (this.#verdicts.get(name) ?? 0) + 1);
  }
}

async function answerOf(
  node: NodeProcess,
  method: string,
  params: readonly unknown[],
): Promise<Answer> {
  try {
    return { result: await node.call(method, ...params) };
  } catch (error) {
    if (error instanceof RpcFailure) return { error: `${error.code} ${error.message}` };
    throw error;
  }
}

/** The order of children is nobody's business. */
function entryText(entry: Record<string, unknown>): string {
  const { spentby, depends, ...rest } = entry as { spentby: string[]; depends: string[] };
  return JSON.stringify({ ...rest, spentby: [...spentby].sort(), depends: [...depends].sort() });
}

function feesOf({ transactions }: Template): number {
  return transactions.reduce((sum, { fee }) => sum + fee, 0);
}

function dust(): { value: number; script: Uint8Array; kind: "anchor" } {
  return { value: 0, script: Uint8Array.of(0x51, 0x02, 0x4e, 0x73), kind: "anchor" };
}

function nameOf({ txid, index }: OpenCoin): string {
  return `${Buffer.from(txid).toString("hex")}:${index}`;
}

function unique(coins: readonly OpenCoin[]): OpenCoin[] {
  return [...new Map(coins.map((coin) => [nameOf(coin), coin])).values()];
}
