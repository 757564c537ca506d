import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeProcess } from "./node-process.ts";

export interface CoinSummary {
  readonly height: number;
  readonly bestblock: string;
  readonly txouts: number;
  readonly hash_serialized_3: string;
  readonly muhash: string;
}

/** Waits until `node` stands at the block where `target` stands. */
export async function reaches(
  node: NodeProcess,
  target: NodeProcess,
  seconds = 60,
): Promise<string> {
  const wanted = await target.call<string>("getbestblockhash");
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const tip = await node.call<string>("getbestblockhash");
    if (tip === wanted) return wanted;
    if (Date.now() > until) {
      const [at, of] = [await node.call("getblockcount"), await target.call("getblockcount")];
      throw new Error(`${node.name} stands at ${at} of ${of}: ${tip}`);
    }
    await sleep(100);
  }
}

/** Both hashes of all coins, and how many they are. */
export async function coinSummary(node: NodeProcess): Promise<CoinSummary> {
  const { muhash } = await node.call<CoinSummary>("gettxoutsetinfo", "muhash");
  const { height, bestblock, txouts, hash_serialized_3 } =
    await node.call<CoinSummary>("gettxoutsetinfo");
  return { height, bestblock, txouts, hash_serialized_3, muhash };
}

/** Fails unless both nodes have the same tip and the same coins. */
export async function assertSameCoins(one: NodeProcess, other: NodeProcess): Promise<CoinSummary> {
  const [ours, theirs] = [await coinSummary(one), await coinSummary(other)];
  assert.deepEqual(ours, theirs);
  return ours;
}
