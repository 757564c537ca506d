import { DeploymentStates } from "@compeer/protocol/consensus/deployments";
import type { Chain } from "../../chain/chain.ts";
import { Clock } from "../../clock/clock.ts";
import { Mempool } from "../../mempool/mempool.ts";
import { DEFAULT_MEMPOOL_OPTIONS, type MempoolOptions } from "../../mempool/mempool-options.ts";
import { openRegtestChain, SILENT_LOG } from "../../mempool/testing/regtest-chain.ts";
import { DEFAULT_ASSEMBLE_OPTIONS } from "../assemble.ts";
import { Miner, type MinerOptions } from "../miner.ts";

/** A chain, a mempool and a miner of a new regtest, in memory. */
export interface RegtestPeer {
  readonly clock: Clock;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly miner: Miner;
}

export async function openRegtest(
  options: {
    readonly mempool?: Partial<MempoolOptions>;
    readonly miner?: Partial<MinerOptions>;
  } = {},
): Promise<RegtestPeer> {
  const clock = new Clock();
  const log = SILENT_LOG;
  const chain = await openRegtestChain(clock);
  const mempoolOptions = { ...DEFAULT_MEMPOOL_OPTIONS, ...options.mempool };
  const mempool = new Mempool({ chain, clock, log }, mempoolOptions);
  const deployments = new DeploymentStates(chain.network);
  const minerParts = { chain, mempool, clock, deployments, log, signBlock: null };
  const miner = new Miner(minerParts, { ...DEFAULT_ASSEMBLE_OPTIONS, ...options.miner });
  return { clock, chain, mempool, miner };
}
