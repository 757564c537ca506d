// The last byte of a signature: which parts of the transaction it covers.

export const SIGHASH_ALL = 1;
export const SIGHASH_NONE = 2;
export const SIGHASH_SINGLE = 3;
/** Added to one of the above: only the input that is signed. */
export const SIGHASH_ANYONECANPAY = 0x80;
/** BIP341: a signature without the byte; covers what SIGHASH_ALL covers. */
export const SIGHASH_DEFAULT = 0;

/** Before taproot only these bits choose the outputs, whatever the others say. */
export const OUTPUT_BITS = 0x1f;
