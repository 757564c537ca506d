import type { Sats } from "../bitcoin/amount.ts";
import type { Block } from "../bitcoin/block.ts";
import type { Network } from "../bitcoin/network.ts";
import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import { type SignatureBackend, signatureBackend } from "../crypto/secp256k1.ts";
import { TransactionContext } from "../script/transaction-context.ts";
import { verifyInput } from "../script/verify-input.ts";
import { checkBlock } from "./check-block.ts";
import { checkBlockAtHeight } from "./check-block-context.ts";
import { checkHeaderAtHeight } from "./check-header.ts";
import { connectBlock } from "./connect-block.ts";
import type { BlockFault } from "./fault.ts";
import { scriptFault } from "./script-fault.ts";
import { blockScriptFlags } from "./script-flags.ts";

/** One block and all that is needed to judge it by itself. */
export interface BlockCase {
  readonly block: Block;
  /** One row an input, as `connectBlock` wants them. */
  readonly coins: SpentCoins;
  readonly height: number;
  readonly network: Network;
  /** Our clock, seconds since 1970. */
  readonly time: number;
  /** By default the one this machine has. */
  readonly backend?: SignatureBackend;
}

export interface BlockVerdict {
  /** The first rule that is broken, null when none is. */
  readonly fault: BlockFault | null;
  /** The input whose script failed, when that is the fault. */
  readonly failed: { readonly transaction: number; readonly input: number } | null;
  readonly transactions: number;
  /** Inputs whose amounts were checked, the coinbase's with them. */
  readonly inputs: number;
  /** Inputs whose scripts were run. */
  readonly scripts: number;
  readonly fees: Sats;
  readonly sigopCost: number;
}

/** Rules that `verifyBlock` leaves out, as they need the block's ancestors or all coins. */
export const RULES_THAT_NEED_HISTORY: readonly string[] = [
  "bad-diffbits: the difficulty that follows from the chain",
  "time-too-old: the median time of the last eleven blocks",
  "time-timewarp-attack: the time of the block before (BIP94)",
  "bad-txns-nonfinal: lock times between that median and the block's time (BIP113), relative lock times (BIP68)",
  "bad-txns-BIP30: coins that a transaction of the same id would overwrite",
];

/** Checks a whole block offline: every rule but those above, on one thread. */
export function verifyBlock(given: BlockCase): BlockVerdict {
  const verdict = verifyRules(given);
  return verdict.fault === null ? { ...verdict, ...runScripts(given) } : verdict;
}

/** As `verifyBlock`, without running the scripts, for a caller who spreads those over threads. */
export function verifyRules(given: BlockCase): BlockVerdict {
  const { block, coins, height, network, time } = given;
  const transactions = block.transactions.length;
  const early =
    checkBlock(block, network) ??
    checkHeaderAtHeight(block.header, height, network, time) ??
    // The median time past is below the block's time: what that does not unlock, nothing does.
    checkBlockAtHeight(block, height, block.header.time, network);
  if (early !== null) return { ...NOTHING_DONE, fault: early, transactions };
  const flags = blockScriptFlags(block.hash, height, network);
  const context = { height, parent: null, network, flags, duplicate: -1 };
  return { ...NOTHING_DONE, ...connectBlock(block, coins, context), transactions };
}

const NOTHING_DONE = { failed: null, inputs: 0, scripts: 0, fees: 0, sigopCost: 0 };

function runScripts({
  block,
  coins,
  height,
  network,
  backend = signatureBackend(),
}: BlockCase): Pick<BlockVerdict, "fault" | "failed" | "scripts"> {
  const flags = blockScriptFlags(block.hash, height, network);
  let scripts = 0;
  for (const tx of block.transactions) {
    if (tx.index === 0) continue;
    const context = new TransactionContext(tx, coins, backend);
    for (let input = 0; input < tx.inputCount; input++) {
      const error = verifyInput(context, input, flags);
      scripts++;
      if (error !== null)
        return {
          fault: scriptFault(tx, input, error),
          failed: { transaction: tx.index, input },
          scripts,
        };
    }
  }
  return { fault: null, failed: null, scripts };
}
