import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Peer } from "@compeer/peer/peer";

/** Whoever answers JSON-RPC: a process, or a peer of this one. */
export interface Caller {
  call<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T>;
}

/** A peer of this process as one more that is called. */
export function callerOf(peer: Peer): Caller {
  return {
    call: async <T>(method: string, ...params: readonly unknown[]) =>
      (await peer.rpc(method, ...params)) as T,
  };
}

/** Where others reach a peer of this process. */
export function addressOf(peer: Peer): string {
  const { address } = peer;
  if (address === null) throw new Error("the peer does not listen");
  return address;
}

/** Waits until `test` holds. @throws Error naming `what` when it takes too long */
export async function until(
  what: string,
  test: () => Promise<boolean> | boolean,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await sleep(20);
  }
}

export function tipOf(peer: Caller): Promise<string> {
  return peer.call<string>("getbestblockhash");
}

/** Waits until all stand at the tip of the first, wherever that moves meanwhile. */
export async function sameTip(...peers: readonly [Caller, ...Caller[]]): Promise<void> {
  const [first, ...others] = peers;
  await until("all have one tip", async () => {
    const tip = await tipOf(first);
    for (const other of others) if ((await tipOf(other)) !== tip) return false;
    return true;
  });
}

/** Waits for one tip, then holds the hash over all coins of the first against everybody's. */
export async function sameLedger(...peers: readonly [Caller, ...Caller[]]): Promise<void> {
  await sameTip(...peers);
  const [expected, ...others] = await Promise.all(peers.map((peer) => coinsOf(peer)));
  for (const coins of others) assert.deepEqual(coins, expected);
}

export interface Coins {
  readonly bestblock: string;
  readonly txouts: number;
  readonly muhash: string;
}

/** What must be the same everywhere of all coins; how much room they take need not. */
export async function coinsOf(peer: Caller): Promise<Coins> {
  const all = await peer.call<Coins>("gettxoutsetinfo", "muhash");
  const { bestblock, txouts, muhash } = all;
  return { bestblock, txouts, muhash };
}
