import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { OutPoint, Output } from "@compeer/protocol/bitcoin/transaction";
import type { OutputType } from "../output-type.ts";
import { SolvingData } from "./solving-data.ts";

/** An input that must be spent. Core: PreselectedInput. */
export interface SelectedInput {
  readonly prevout: OutPoint;
  /** What it spends where that is not the wallet's. */
  readonly output: Output | null;
  readonly sequence: number | null;
  readonly script: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

interface StatedWeight {
  readonly prevout: OutPoint;
  readonly weight: number;
}

export type EstimateMode = "unset" | "economical" | "conservative";

/** What the caller wants of a transaction beyond its payments. Core: CCoinControl. */
export class SpendControl {
  /** Where change goes; a new script of the wallet unless set. */
  changeScript: Uint8Array | null = null;
  changeType: OutputType | null = null;
  /** Whether unconfirmed coins from others may be spent. */
  includeUnsafe = false;
  /** Whether coins may be added to those selected. */
  allowOthers = true;
  /** Satoshis per 1000 virtual bytes. */
  feeRate: Sats | null = null;
  /** Whether the rate may be below what the wallet asks for. */
  overrideFeeRate = false;
  confirmTarget: number | null = null;
  /** How sure an estimate must be; when unset, surer where the fee cannot be raised later. */
  estimateMode: EstimateMode = "unset";
  /** Signals replacement (BIP125); as the wallet's settings say when null. */
  replaceable: boolean | null = null;
  avoidPartialSpends = false;
  avoidReuse = false;
  minDepth = 0;
  maxDepth = 9_999_999;
  solving: SolvingData = new SolvingData();
  version = 2;
  lockTime: number | null = null;
  maxWeight: number | null = null;
  readonly #weights = new Map<string, StatedWeight>();
  readonly #selected = new Map<string, SelectedInput>();

  /** The selected inputs, in the order in which they were. */
  get selected(): readonly SelectedInput[] {
    return [...this.#selected.values()];
  }

  get hasSelected(): boolean {
    return this.#selected.size > 0;
  }

  selection({ txid, index }: OutPoint): SelectedInput | undefined {
    return this.#selected.get(outpointKey(txid, index));
  }

  /** Weight of a whole input as the caller states it; null when it does not. */
  statedWeight({ txid, index }: OutPoint): number | null {
    return this.#weights.get(outpointKey(txid, index))?.weight ?? null;
  }

  stateWeight(prevout: OutPoint, weight: number): void {
    this.#weights.set(outpointKey(prevout.txid, prevout.index), { prevout, weight });
  }

  /** Selects what a weight was stated for too. */
  selectWeighed(): void {
    for (const { prevout } of this.#weights.values()) this.select(prevout);
  }

  /** Selects an input, or adds to what is known of one. */
  select(prevout: OutPoint, facts: Partial<SelectedInput> = {}): void {
    const key = outpointKey(prevout.txid, prevout.index);
    const known = this.#selected.get(key) ?? unknownInput(prevout);
    this.#selected.set(key, { ...known, ...facts });
  }

  /** The same with something changed. */
  with(change: (control: SpendControl) => void): SpendControl {
    const copy = Object.assign(new SpendControl(), this);
    for (const [key, input] of this.#selected) copy.#selected.set(key, input);
    for (const [key, weight] of this.#weights) copy.#weights.set(key, weight);
    change(copy);
    return copy;
  }
}

function unknownInput(prevout: OutPoint): SelectedInput {
  const script = new Uint8Array(0);
  return { prevout, output: null, sequence: null, script, witness: [] };
}
