/** Order of the group of secp256k1. */
export const GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The number whose 32 bytes these are, most significant first. */
export function bigEndian(bytes32: Uint8Array): bigint {
  const view = new DataView(bytes32.buffer, bytes32.byteOffset, 32);
  return (
    (view.getBigUint64(0) << 192n) |
    (view.getBigUint64(8) << 128n) |
    (view.getBigUint64(16) << 64n) |
    view.getBigUint64(24)
  );
}

/** Writes the low 256 bits of `value` at `at`, most significant byte first. */
export function writeBigEndian(bytes: Uint8Array, at: number, value: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 32);
  view.setBigUint64(0, value >> 192n);
  view.setBigUint64(8, value >> 128n);
  view.setBigUint64(16, value >> 64n);
  view.setBigUint64(24, value);
}
