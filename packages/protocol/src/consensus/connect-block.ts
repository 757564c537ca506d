import { isMoney, type Sats } from "../bitcoin/amount.ts";
import { type Block, blockTxid } from "../bitcoin/block.ts";
import type { Network } from "../bitcoin/network.ts";
import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { formatHash } from "../bytes/hash.ts";
import { sigopCost } from "../script/sigops.ts";
import type { ChainPoint } from "./chain-point.ts";
import { checkInputs, totalOutput } from "./check-inputs.ts";
import { type BlockFault, blockFault } from "./fault.ts";
import { MAX_BLOCK_SIGOPS_COST } from "./limits.ts";
import { meetsSequenceLocks } from "./sequence-locks.ts";
import { blockSubsidy } from "./subsidy.ts";

export interface ConnectContext {
  readonly height: number;
  /** Null where no history is at hand: relative lock times are then not checked. */
  readonly parent: ChainPoint | null;
  readonly network: Network;
  /** Script rules of the block, see `blockScriptFlags`. */
  readonly flags: number;
  /** Index of the first transaction that would overwrite an unspent coin; -1 when none does, or may (BIP30). */
  readonly duplicate: number;
}

export interface ConnectResult {
  readonly fault: BlockFault | null;
  /** What the block has of each, as far as it was looked at. */
  readonly fees: Sats;
  readonly inputs: number;
  readonly sigopCost: number;
}

/**
 * Checks a block against the coins it spends: all rules but the scripts, whose faults come after these.
 * The block has passed `checkBlock` and is not the first of its chain. Core: ConnectBlock.
 *
 * @param coins one row an input; a coin that is not there, or is spent before, is missing
 */
export function connectBlock(
  block: Block,
  coins: SpentCoins,
  context: ConnectContext,
): ConnectResult {
  const connection = new Connection(block, coins, context);
  const fault = connection.check();
  const { fees, inputs, sigops } = connection;
  return { fault, fees, inputs, sigopCost: sigops };
}

class Connection {
  fees = 0;
  inputs = 0;
  sigops = 0;
  readonly #block: Block;
  readonly #coins: SpentCoins;
  readonly #context: ConnectContext;

  constructor(block: Block, coins: SpentCoins, context: ConnectContext) {
    this.#block = block;
    this.#coins = coins;
    this.#context = context;
  }

  check(): BlockFault | null {
    if (this.#context.duplicate >= 0)
      return blockFault("consensus", "bad-txns-BIP30", "tried to overwrite transaction");
    for (const tx of this.#block.transactions) {
      const fault = (tx.index === 0 ? null : this.#spend(tx)) ?? this.#countSigops(tx);
      if (fault !== null) return fault;
      this.inputs += tx.inputCount;
    }
    return this.#checkReward();
  }

  #spend(tx: TransactionView): BlockFault | null {
    const { height, parent, network } = this.#context;
    const verdict = checkInputs(tx, this.#coins, height);
    if ("fault" in verdict) {
      const { reason, detail } = verdict.fault;
      return blockFault("consensus", reason, `${detail} in transaction ${this.#txid(tx)}`);
    }
    this.fees += verdict.fee;
    if (!isMoney(this.fees))
      return blockFault(
        "consensus",
        "bad-txns-accumulated-fee-outofrange",
        "accumulated fee in the block out of range",
      );
    // BIP68
    if (
      parent !== null &&
      height >= network.csvHeight &&
      !meetsSequenceLocks(tx, this.#coins, parent)
    )
      return blockFault(
        "consensus",
        "bad-txns-nonfinal",
        `contains a non-BIP68-final transaction ${this.#txid(tx)}`,
      );
    return null;
  }

  #countSigops(tx: TransactionView): BlockFault | null {
    this.sigops += sigopCost(tx, this.#coins, this.#context.flags);
    if (this.sigops <= MAX_BLOCK_SIGOPS_COST) return null;
    return blockFault("consensus", "bad-blk-sigops", "too many sigops");
  }

  #checkReward(): BlockFault | null {
    const { height, network } = this.#context;
    const limit = this.fees + blockSubsidy(height, network.halvingInterval);
    const actual = totalOutput(this.#block.transactions[0] as TransactionView);
    if (actual <= limit) return null;
    return blockFault(
      "consensus",
      "bad-cb-amount",
      `coinbase pays too much (actual=${actual} vs limit=${limit})`,
    );
  }

  #txid(tx: TransactionView): string {
    return formatHash(blockTxid(this.#block, tx.index));
  }
}
