/** Bytes of one item pushed by a script or put on the stack by a v0 witness. */
export const MAX_SCRIPT_ELEMENT_SIZE = 520;
/** Counted opcodes that one script may run through; tapscript has no such limit (BIP342). */
export const MAX_OPS_PER_SCRIPT = 201;
/** Keys of one CHECKMULTISIG. */
export const MAX_PUBKEYS_PER_MULTISIG = 20;
/** Bytes of a script; tapscript has no such limit (BIP342). */
export const MAX_SCRIPT_SIZE = 10_000;
/** Items on the stack and the alternative stack together. */
export const MAX_STACK_SIZE = 1000;
/** Lock times below are heights, others seconds since 1970. */
export const LOCKTIME_THRESHOLD = 500_000_000;
