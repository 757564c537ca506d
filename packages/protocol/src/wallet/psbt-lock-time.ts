import type { PsbtInput } from "./psbt.ts";

/**
 * The lock time that the inputs of a version 2 PSBT ask for together: the greatest of the heights, or
 * else of the times, that every asking input can live with (BIP370).
 *
 * @returns null when some ask for a height only and others for a time only
 */
export function psbtLockTime(inputs: readonly PsbtInput[], fallback: number | null): number | null {
  const asking = inputs.filter(
    ({ requiredTime, requiredHeight }) => requiredTime !== null || requiredHeight !== null,
  );
  if (asking.length === 0) return fallback ?? 0;
  return (
    greatest(asking.map((input) => input.requiredHeight)) ??
    greatest(asking.map((input) => input.requiredTime))
  );
}

/** Null when one is missing. */
function greatest(locks: readonly (number | null)[]): number | null {
  let most = 0;
  for (const lock of locks) {
    if (lock === null) return null;
    if (lock > most) most = lock;
  }
  return most;
}
