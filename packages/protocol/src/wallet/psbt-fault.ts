/** Why a PSBT is not signed; Core's words where it has them (PSBTErrorString). */
export type PsbtFault =
  | "Inputs missing or spent"
  | "Specified sighash value does not match value stored in PSBT"
  | "Witness UTXO contradicts the transaction that is spent";
