import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { OwnedScript } from "./wallet-descriptor.ts";
import type { OwnedOutput, WalletTransaction } from "./wallet-transaction.ts";

/** An output of ours that nothing of ours spends. */
export interface WalletCoin {
  readonly txid: Uint8Array;
  readonly index: number;
  readonly value: Sats;
  readonly script: Uint8Array;
  readonly transaction: WalletTransaction;
  readonly owner: OwnedScript;
  /** Blocks that confirm it, its own included; 0 in the mempool. */
  readonly depth: number;
  /** True when nobody else could take it back. */
  readonly isSafe: boolean;
}

/** A coin as it stands now. There may be very many, of which few are looked at closely. */
export class Coin implements WalletCoin {
  readonly depth: number;
  readonly isSafe: boolean;
  readonly #output: OwnedOutput;

  constructor(output: OwnedOutput, depth: number, isSafe: boolean) {
    this.#output = output;
    this.depth = depth;
    this.isSafe = isSafe;
  }

  get txid(): Uint8Array {
    return this.#output.transaction.txid;
  }

  get index(): number {
    return this.#output.index;
  }

  get value(): Sats {
    return this.#output.value;
  }

  get script(): Uint8Array {
    return this.#output.script;
  }

  get transaction(): WalletTransaction {
    return this.#output.transaction;
  }

  get owner(): OwnedScript {
    return this.#output.owner;
  }
}
