import type { TransactionFaultKind } from "@compeer/protocol/consensus/fault";

/** Which blame a refused transaction carries. Core: TxValidationResult. */
export type MempoolFaultKind =
  | TransactionFaultKind
  | "not-standard"
  | "inputs-not-standard"
  | "witness-mutated"
  | "witness-stripped"
  | "conflict"
  | "mempool-policy"
  /** May enter with a child that pays for it. */
  | "reconsiderable";

/** Why a transaction does not enter the mempool. */
export interface MempoolFault {
  readonly kind: MempoolFaultKind;
  /** Core's reject reason. */
  readonly reason: string;
  /** Core's debug message, or nothing. */
  readonly detail: string;
}

export function mempoolFault(kind: MempoolFaultKind, reason: string, detail = ""): MempoolFault {
  return { kind, reason, detail };
}
