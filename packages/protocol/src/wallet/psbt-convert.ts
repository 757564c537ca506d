import type { Psbt } from "./psbt.ts";

/** The same PSBT as version 0, which every program reads; what only version 2 can say is lost. */
export function toPsbtVersion0(psbt: Psbt): Psbt {
  const inputs = psbt.inputs.map((input) => ({
    ...input,
    requiredTime: null,
    requiredHeight: null,
  }));
  return { ...psbt, version: 0, inputs, fallbackLockTime: null, modifiable: null };
}

/** The same PSBT as version 2 (BIP370), in which nothing may be added. */
export function toPsbtVersion2(psbt: Psbt): Psbt {
  if (psbt.version === 2) return psbt;
  return { ...psbt, version: 2, fallbackLockTime: psbt.tx.lockTime };
}
