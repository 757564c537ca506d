import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { compactSizeLength } from "@compeer/protocol/bytes/writer";
import { blockSubsidy } from "@compeer/protocol/consensus/subsidy";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { isUnspendable } from "@compeer/protocol/script/templates";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import { blockOf } from "./lookups.ts";
import { feeOf } from "./transaction-json.ts";

/** Outpoint, height and coinbase mark: what a coin takes beside its output. Core: PER_UTXO_OVERHEAD. */
const COIN_OVERHEAD = 32 + 4 + 4 + 1;
const PERCENTILES = [0.1, 0.25, 0.5, 0.75, 0.9];

type Figures = { [name: string]: JsonOut | undefined };

/** Core: getblockstats. */
export async function blockStatistics(
  chain: Chain,
  node: BlockNode,
  wanted: readonly Json[],
): Promise<JsonOut> {
  const block = await blockOf(chain, node);
  if (!node.haveUndo && node.height > 0)
    throw new RpcError(RpcErrorCode.misc, "Undo data not available");
  const spent = node.height > 0 ? await chain.readSpent(node, block) : null;
  if (spent === null && node.height > 0)
    throw new RpcError(RpcErrorCode.misc, "Can't read undo data from disk");
  const all = inOrder({
    ...figuresOf(block, spent, node.height === 0),
    blockhash: formatHash(node.hash),
    height: node.height,
    mediantime: node.medianTimePast,
    subsidy: blockSubsidy(node.height, chain.network.halvingInterval),
    time: node.time,
    txs: block.transactions.length,
  });
  if (wanted.length === 0) return all;
  const some: Figures = {};
  for (const name of wanted.map(asText).sort()) {
    if (!Object.hasOwn(all, name))
      throw new RpcError(RpcErrorCode.invalidParameter, `Invalid selected statistic '${name}'`);
    some[name] = all[name];
  }
  return some;
}

/** As Core has them: by name, those without outputs that no one can spend at the end. */
function inOrder(figures: Figures): Figures {
  const rank = (name: string): string => `${name.endsWith("_actual") ? 1 : 0}${name}`;
  const names = Object.keys(figures).sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, figures[name]]));
}

function figuresOf(block: Block, spent: SpentCoins | null, isGenesis: boolean): Figures {
  const fees: number[] = [];
  const rates: [rate: number, weight: number][] = [];
  const sizes: number[] = [];
  const sum = { out: 0, size: 0, weight: 0, ins: 0, outs: 0, coins: 0, coinBytes: 0, actual: 0 };
  const segwit = { size: 0, weight: 0, count: 0 };
  for (const tx of block.transactions) {
    addOutputs(tx, isGenesis, sum);
    if (tx.isCoinbase) continue;
    sum.ins += tx.inputCount;
    sum.size += tx.totalSize;
    sum.weight += tx.weight;
    sizes.push(tx.totalSize);
    if (tx.hasWitness) {
      segwit.count++;
      segwit.size += tx.totalSize;
      segwit.weight += tx.weight;
    }
    for (let i = 0; i < tx.outputCount; i++) sum.out += tx.outputValue(i);
    if (spent === null) continue;
    const fee = feeOf(tx, spent);
    fees.push(fee);
    rates.push([Math.floor((fee * 4) / tx.weight), tx.weight]); // a fee is below 2^51, times 4 below 2^53
    for (let i = 0; i < tx.inputCount; i++) {
      const size = outputSize(spent.script(tx.firstInput + i).length) + COIN_OVERHEAD;
      sum.coinBytes -= size;
      sum.actual -= size;
    }
  }
  const fee = fees.reduce((total, each) => total + each, 0);
  const others = block.transactions.length - 1;
  const onlyRates = rates.map(([rate]) => rate);
  return {
    avgfee: others > 0 ? Math.floor(fee / others) : 0,
    avgfeerate: sum.weight > 0 ? Math.floor((fee * 4) / sum.weight) : 0,
    avgtxsize: others > 0 ? Math.floor(sum.size / others) : 0,
    feerate_percentiles: percentilesByWeight(rates, sum.weight),
    ins: sum.ins,
    maxfee: greatest(fees),
    maxfeerate: greatest(onlyRates),
    maxtxsize: greatest(sizes),
    medianfee: truncatedMedian(fees),
    mediantxsize: truncatedMedian(sizes),
    minfee: least(fees),
    minfeerate: least(onlyRates),
    mintxsize: least(sizes),
    outs: sum.outs,
    swtotal_size: segwit.size,
    swtotal_weight: segwit.weight,
    swtxs: segwit.count,
    total_out: sum.out,
    total_size: sum.size,
    total_weight: sum.weight,
    totalfee: fee,
    utxo_increase: sum.outs - sum.ins,
    utxo_size_inc: sum.coinBytes,
    utxo_increase_actual: sum.coins - sum.ins,
    utxo_size_inc_actual: sum.actual,
  };
}

/** Counts outputs and what they add to the coin set; the genesis block's and unspendable ones never enter it. */
function addOutputs(
  tx: TransactionView,
  isGenesis: boolean,
  sum: { outs: number; coins: number; coinBytes: number; actual: number },
): void {
  for (let i = 0; i < tx.outputCount; i++) {
    const script = tx.outputScript(i);
    const size = outputSize(script.length) + COIN_OVERHEAD;
    sum.outs++;
    sum.coinBytes += size;
    if (isGenesis || isUnspendable(script)) continue;
    sum.coins++;
    sum.actual += size;
  }
}

function outputSize(scriptLength: number): number {
  return 8 + compactSizeLength(scriptLength) + scriptLength;
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function least(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => Math.min(a, b));
}

function truncatedMedian(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] as number;
  return sorted.length % 2 === 1 ? high : Math.floor(((sorted[middle - 1] as number) + high) / 2);
}

/** Rates below which a tenth, a quarter … of the weight lies. Core: CalculatePercentilesByWeight. */
function percentilesByWeight(
  rates: readonly (readonly [rate: number, weight: number])[],
  total: number,
): number[] {
  const sorted = rates.toSorted(([a, v], [b, w]) => a - b || v - w);
  const result: number[] = [];
  let weight = 0;
  for (const [rate, each] of sorted) {
    weight += each;
    while (
      result.length < PERCENTILES.length &&
      weight >= total * (PERCENTILES[result.length] as number)
    )
      result.push(rate);
  }
  const last = sorted.at(-1)?.[0] ?? 0;
  while (result.length < PERCENTILES.length) result.push(last);
  return result;
}
