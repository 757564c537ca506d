/** Where things lie in the memory of `sha256-scalar.ts`, in bytes. */
export const CONSTANTS_AT = 0;
export const STATE_AT = 256;
/** A block for a hash to be hashed: its last 32 bytes are the padding and stay. */
export const HASH_BLOCK = 320;
/** The same for RIPEMD-160, which writes lengths in the opposite order. */
export const RIPEMD_BLOCK = 384;
