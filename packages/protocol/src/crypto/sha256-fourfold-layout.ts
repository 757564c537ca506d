/** Where things lie in the memory of the module that `sha256-fourfold-code.ts` writes. */
export const CONSTANTS_AT = 0;
/** The same with the schedule of a padding block added: the block after 64 bytes is always the same. */
export const PADDED_CONSTANTS_AT = 256;
export const INITIAL_STATE_AT = 512;
export const MIDSTATE_AT = 544;
export const TAIL_AT = 576;
export const LIMIT_AT = 588;
export const STATES_AT = 1024;
export const WORDS_AT = 1152;
