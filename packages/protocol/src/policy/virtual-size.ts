/**
 * Weight that a transaction is counted with: signature operations weigh as much as so many bytes, so
 * that nobody fills a block's limit of them cheaply. Core: GetSigOpsAdjustedWeight.
 */
export function adjustedWeight(weight: number, sigopCost: number, bytesPerSigop: number): number {
  return Math.max(weight, sigopCost * bytesPerSigop);
}

/** A weight in virtual bytes, rounded up (BIP141). */
export function virtualSize(weight: number): number {
  return Math.ceil(weight / 4);
}
