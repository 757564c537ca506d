/**
 * SHA-256 of the host for long messages, or null where our own must do.
 *
 * @public reached as #native/hash-large
 */
export const hashLarge = null as ((data: Uint8Array) => Uint8Array) | null;
