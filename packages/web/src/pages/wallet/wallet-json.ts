/** Answers of the peer's wallet methods, as far as these pages read them. Amounts are bitcoins. */

export interface WalletInfo {
  readonly walletname: string;
  readonly txcount: number;
  readonly keypoolsize: number;
  /** Seconds since 1970; 0 locked; missing when the wallet has no passphrase. */
  readonly unlocked_until?: number;
  readonly private_keys_enabled: boolean;
  readonly avoid_reuse: boolean;
  readonly blank?: boolean;
  readonly birthtime?: number;
  readonly scanning: false | { readonly duration: number; readonly progress: number };
  readonly lastprocessedblock?: { readonly hash: string; readonly height: number };
}

export interface Balances {
  readonly mine: {
    readonly trusted: number;
    readonly untrusted_pending: number;
    readonly immature: number;
    readonly used?: number;
  };
}

/** One line of listtransactions. */
export interface HistoryEntry {
  readonly address?: string;
  readonly category: "send" | "receive" | "generate" | "immature" | "orphan";
  readonly amount: number;
  readonly fee?: number;
  readonly label?: string;
  readonly vout: number;
  readonly confirmations: number;
  readonly blockhash?: string;
  readonly blockheight?: number;
  readonly txid: string;
  readonly time: number;
  readonly abandoned?: boolean;
  readonly comment?: string;
  readonly replaced_by_txid?: string;
  readonly walletconflicts: readonly string[];
  readonly "bip125-replaceable": "yes" | "no" | "unknown";
}

/** gettransaction. */
export interface WalletTransaction {
  readonly amount: number;
  readonly fee?: number;
  readonly confirmations: number;
  readonly trusted?: boolean;
  readonly blockhash?: string;
  readonly blockheight?: number;
  readonly blocktime?: number;
  readonly txid: string;
  readonly time: number;
  readonly timereceived: number;
  readonly comment?: string;
  readonly to?: string;
  readonly hex: string;
  readonly replaces_txid?: string;
  readonly replaced_by_txid?: string;
  readonly walletconflicts: readonly string[];
  readonly mempoolconflicts?: readonly string[];
  readonly "bip125-replaceable": "yes" | "no" | "unknown";
  readonly details: readonly {
    readonly address?: string;
    readonly category: HistoryEntry["category"];
    readonly amount: number;
    readonly label?: string;
    readonly vout: number;
    readonly abandoned?: boolean;
  }[];
}

/** One line of listunspent. */
export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly address?: string;
  readonly label?: string;
  readonly amount: number;
  readonly confirmations: number;
  readonly spendable: boolean;
  readonly safe: boolean;
  readonly reused?: boolean;
}

/** One line of listlockunspent. */
export interface Outpoint {
  readonly txid: string;
  readonly vout: number;
}

/** A text that is the same for the same outpoint alone. */
export function outpointKey({ txid, vout }: Outpoint): string {
  return `${txid}:${vout}`;
}
