import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { FeeSize } from "@compeer/protocol/policy/fee-rate";
import type { MempoolEntry } from "./mempool-entry.ts";
import type { MempoolFault } from "./mempool-fault.ts";

/** Why a package was not taken as a whole. */
export interface PackageFault {
  /** Core: PCKG_POLICY, PCKG_TX. */
  readonly kind: "policy" | "transaction";
  /** Core's reject reason. */
  readonly reason: string;
  /** Core's debug message, or nothing. */
  readonly detail: string;
}

export function packageFault(
  kind: PackageFault["kind"],
  reason: string,
  detail = "",
): PackageFault {
  return { kind, reason, detail };
}

/** What became of one transaction of a package. Core: MempoolAcceptResult. */
export type PackageMember =
  | {
      readonly type: "valid";
      readonly entry: MempoolEntry;
      /** What made room for it. */
      readonly replaced: readonly MempoolEntry[];
      /** What it was weighed by: modified fees over virtual size of all in `includes`. */
      readonly feeSize: FeeSize;
      /** Ids with witness. */
      readonly includes: readonly Uint8Array[];
    }
  | { readonly type: "invalid"; readonly fault: MempoolFault }
  | { readonly type: "mempool-entry"; readonly entry: MempoolEntry }
  /** Another witness of the same transaction is in already. */
  | { readonly type: "different-witness"; readonly other: MempoolEntry };

/** What became of a package. */
export interface PackageResult {
  readonly fault: PackageFault | null;
  /** By wtxid key; nothing on a package that has no sense as such. */
  readonly results: ReadonlyMap<string, PackageMember>;
}

export interface PackageOptions {
  /** Highest rate that the sender means to pay, satoshis per 1000 virtual bytes. */
  readonly maxFeeRate?: Sats | null;
}
