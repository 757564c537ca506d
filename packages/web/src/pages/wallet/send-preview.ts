/** Answer of previewsend, as far as the review reads it. Amounts in bitcoin, rates in sat/vB. */
export interface SendPreview {
  readonly fee: number;
  readonly fee_rate: number;
  readonly vsize: number;
  readonly inputs: readonly {
    readonly txid: string;
    readonly vout: number;
    readonly address?: string;
    readonly amount: number;
    readonly confirmations?: number;
  }[];
  readonly outputs: readonly {
    readonly address?: string;
    readonly amount: number;
    readonly change: boolean;
  }[];
  readonly mempool: {
    /** 1 is the next block. */
    readonly block: number;
    readonly weight_ahead: number;
  };
  readonly rates: readonly {
    readonly blocks: number;
    readonly fee_rate: number;
    readonly fee: number;
    readonly saves: number;
  }[];
  readonly leaner: { readonly inputs: number; readonly fee: number; readonly saves: number } | null;
  readonly batched: { readonly fee: number; readonly saves: number };
}

/** A fee that takes so much of what is paid is worth a second look. */
const HIGH_SHARE = 0.1;

/** What to warn of before a payment, one sentence each. */
export function previewWarnings({ fee, outputs }: SendPreview): readonly string[] {
  const warnings: string[] = [];
  const paid = outputs.filter(({ change }) => !change).reduce((sum, { amount }) => sum + amount, 0);
  if (fee > paid * HIGH_SHARE)
    warnings.push(`The fee is ${Math.round((fee / paid) * 100)} % of what you pay.`);
  return warnings;
}
