// Script rules as bits, at the places where Core has them (SCRIPT_VERIFY_ in src/script/interpreter.h).
// Each is a soft fork: with more flags, fewer scripts are valid.

export const VERIFY_NONE = 0;
/** Run the script that a script hash commits to (BIP16). */
export const VERIFY_P2SH: number = 1 << 0;
/** Signatures in strict DER with a known hash type, keys in a known form. Policy. */
export const VERIFY_STRICTENC: number = 1 << 1;
/** Signatures in strict DER (BIP66). */
export const VERIFY_DERSIG: number = 1 << 2;
/** s at most half the order (BIP62 rule 5). Policy; implies strict DER. */
export const VERIFY_LOW_S: number = 1 << 3;
/** The item that CHECKMULTISIG wrongly pops is empty (BIP147). */
export const VERIFY_NULLDUMMY: number = 1 << 4;
/** Input scripts only push (BIP62 rule 2). */
export const VERIFY_SIGPUSHONLY: number = 1 << 5;
/** Shortest form of pushes and numbers (BIP62 rules 3 and 4). Policy. */
export const VERIFY_MINIMALDATA: number = 1 << 6;
/** No executed NOP that a soft fork may give a meaning. Policy. */
export const VERIFY_DISCOURAGE_UPGRADABLE_NOPS: number = 1 << 7;
/** Exactly one item is left in the end (BIP62 rule 6). Policy; needs P2SH and WITNESS. */
export const VERIFY_CLEANSTACK: number = 1 << 8;
/** BIP65. */
export const VERIFY_CHECKLOCKTIMEVERIFY: number = 1 << 9;
/** BIP112. */
export const VERIFY_CHECKSEQUENCEVERIFY: number = 1 << 10;
/** Segregated witness (BIP141, BIP143); needs P2SH. */
export const VERIFY_WITNESS: number = 1 << 11;
/** No witness version without a meaning yet. Policy. */
export const VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM: number = 1 << 12;
/** In witness v0, the argument of IF is empty or exactly 1. Policy. */
export const VERIFY_MINIMALIF: number = 1 << 13;
/** A signature that fails is empty (BIP146). Policy. */
export const VERIFY_NULLFAIL: number = 1 << 14;
/** In witness v0, keys are compressed. Policy. */
export const VERIFY_WITNESS_PUBKEYTYPE: number = 1 << 15;
/** No OP_CODESEPARATOR and no signature inside its own script, before segwit. Policy. */
export const VERIFY_CONST_SCRIPTCODE: number = 1 << 16;
/** BIP341 and BIP342. */
export const VERIFY_TAPROOT: number = 1 << 17;
/** No leaf version without a meaning yet. Policy. */
export const VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION: number = 1 << 18;
/** No OP_SUCCESS. Policy. */
export const VERIFY_DISCOURAGE_OP_SUCCESS: number = 1 << 19;
/** In tapscript, no key type without a meaning yet. Policy. */
export const VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE: number = 1 << 20;

/** Rules whose breach is worth a disconnect: those of blocks. Core: MANDATORY_SCRIPT_VERIFY_FLAGS. */
export const MANDATORY_FLAGS: number =
  VERIFY_P2SH |
  VERIFY_DERSIG |
  VERIFY_NULLDUMMY |
  VERIFY_CHECKLOCKTIMEVERIFY |
  VERIFY_CHECKSEQUENCEVERIFY |
  VERIFY_WITNESS |
  VERIFY_TAPROOT;

/** What is asked of transactions that we relay. Core: STANDARD_SCRIPT_VERIFY_FLAGS. */
export const STANDARD_FLAGS: number =
  MANDATORY_FLAGS |
  VERIFY_STRICTENC |
  VERIFY_MINIMALDATA |
  VERIFY_DISCOURAGE_UPGRADABLE_NOPS |
  VERIFY_CLEANSTACK |
  VERIFY_MINIMALIF |
  VERIFY_NULLFAIL |
  VERIFY_LOW_S |
  VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM |
  VERIFY_WITNESS_PUBKEYTYPE |
  VERIFY_CONST_SCRIPTCODE |
  VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION |
  VERIFY_DISCOURAGE_OP_SUCCESS |
  VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE;

/** Flags by the names that vectors and RPCs use. Core: ScriptFlagNamesToEnum. */
export const flagsByName: ReadonlyMap<string, number> = new Map([
  ["P2SH", VERIFY_P2SH],
  ["STRICTENC", VERIFY_STRICTENC],
  ["DERSIG", VERIFY_DERSIG],
  ["LOW_S", VERIFY_LOW_S],
  ["NULLDUMMY", VERIFY_NULLDUMMY],
  ["SIGPUSHONLY", VERIFY_SIGPUSHONLY],
  ["MINIMALDATA", VERIFY_MINIMALDATA],
  ["DISCOURAGE_UPGRADABLE_NOPS", VERIFY_DISCOURAGE_UPGRADABLE_NOPS],
  ["CLEANSTACK", VERIFY_CLEANSTACK],
  ["CHECKLOCKTIMEVERIFY", VERIFY_CHECKLOCKTIMEVERIFY],
  ["CHECKSEQUENCEVERIFY", VERIFY_CHECKSEQUENCEVERIFY],
  ["WITNESS", VERIFY_WITNESS],
  ["DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM", VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM],
  ["MINIMALIF", VERIFY_MINIMALIF],
  ["NULLFAIL", VERIFY_NULLFAIL],
  ["WITNESS_PUBKEYTYPE", VERIFY_WITNESS_PUBKEYTYPE],
  ["CONST_SCRIPTCODE", VERIFY_CONST_SCRIPTCODE],
  ["TAPROOT", VERIFY_TAPROOT],
  ["DISCOURAGE_UPGRADABLE_TAPROOT_VERSION", VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION],
  ["DISCOURAGE_OP_SUCCESS", VERIFY_DISCOURAGE_OP_SUCCESS],
  ["DISCOURAGE_UPGRADABLE_PUBKEYTYPE", VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE],
]);
