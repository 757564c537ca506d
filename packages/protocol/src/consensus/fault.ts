/** Which blame a refused block carries. Core: BlockValidationResult. */
export type BlockFaultKind =
  | "consensus"
  | "mutated"
  | "invalid-header"
  | "cached-invalid"
  | "missing-prev"
  | "invalid-prev"
  | "time-future"
  | "header-low-work";

/** The first rule that a block breaks. */
export interface BlockFault {
  readonly kind: BlockFaultKind;
  /** Core's reject reason: "bad-txnmrklroot". */
  readonly reason: string;
  /** Core's debug message, or nothing. */
  readonly detail: string;
}

/** Which blame a refused transaction carries. Core: TxValidationResult, as far as consensus goes. */
export type TransactionFaultKind = "consensus" | "missing-inputs" | "premature-spend";

/** The first rule that a transaction breaks. */
export interface TransactionFault {
  readonly kind: TransactionFaultKind;
  readonly reason: string;
  readonly detail: string;
}

export function blockFault(kind: BlockFaultKind, reason: string, detail: string): BlockFault {
  return { kind, reason, detail };
}

export function transactionFault(
  kind: TransactionFaultKind,
  reason: string,
  detail: string = "",
): TransactionFault {
  return { kind, reason, detail };
}

/** Reason and detail as Core logs them: "bad-cb-amount, coinbase pays too much (…)". */
export function formatFault(fault: { readonly reason: string; readonly detail: string }): string {
  return fault.detail === "" ? fault.reason : `${fault.reason}, ${fault.detail}`;
}
