// Key types of the three maps (BIP174, 370, 371, 373) and what their keys may look like.

export const GLOBAL_UNSIGNED_TX = 0x00;
export const GLOBAL_XPUB = 0x01;
export const GLOBAL_TX_VERSION = 0x02;
export const GLOBAL_FALLBACK_LOCKTIME = 0x03;
export const GLOBAL_INPUT_COUNT = 0x04;
export const GLOBAL_OUTPUT_COUNT = 0x05;
export const GLOBAL_TX_MODIFIABLE = 0x06;
export const GLOBAL_VERSION = 0xfb;

export const IN_NON_WITNESS_UTXO = 0x00;
export const IN_WITNESS_UTXO = 0x01;
export const IN_PARTIAL_SIG = 0x02;
export const IN_SIGHASH = 0x03;
export const IN_REDEEM_SCRIPT = 0x04;
export const IN_WITNESS_SCRIPT = 0x05;
export const IN_BIP32_DERIVATION = 0x06;
export const IN_FINAL_SCRIPT = 0x07;
export const IN_FINAL_WITNESS = 0x08;
export const IN_RIPEMD160 = 0x0a;
export const IN_SHA256 = 0x0b;
export const IN_HASH160 = 0x0c;
export const IN_HASH256 = 0x0d;
export const IN_PREVIOUS_TXID = 0x0e;
export const IN_OUTPUT_INDEX = 0x0f;
export const IN_SEQUENCE = 0x10;
export const IN_REQUIRED_TIME = 0x11;
export const IN_REQUIRED_HEIGHT = 0x12;
export const IN_TAP_KEY_SIG = 0x13;
export const IN_TAP_SCRIPT_SIG = 0x14;
export const IN_TAP_LEAF_SCRIPT = 0x15;
export const IN_TAP_BIP32_DERIVATION = 0x16;
export const IN_TAP_INTERNAL_KEY = 0x17;
export const IN_TAP_MERKLE_ROOT = 0x18;
export const IN_MUSIG_PARTICIPANTS = 0x1a;
export const IN_MUSIG_NONCE = 0x1b;
export const IN_MUSIG_PARTIAL_SIG = 0x1c;

export const OUT_REDEEM_SCRIPT = 0x00;
export const OUT_WITNESS_SCRIPT = 0x01;
export const OUT_BIP32_DERIVATION = 0x02;
export const OUT_AMOUNT = 0x03;
export const OUT_SCRIPT = 0x04;
export const OUT_TAP_INTERNAL_KEY = 0x05;
export const OUT_TAP_TREE = 0x06;
export const OUT_TAP_BIP32_DERIVATION = 0x07;
export const OUT_MUSIG_PARTICIPANTS = 0x08;

export const PROPRIETARY = 0xfc;

/** What a key of one type must be like, and Core's words when it is not. */
interface FieldRule {
  /** Said of a second record with the same key. */
  readonly duplicate: string;
  /** Lengths that the whole key may have, its type included. */
  readonly lengths: readonly number[];
  /** Said of a key of another length. */
  readonly wrongLength: string;
}

/**
 * Rules of a map. The fields of version 2 have none: with anything behind their type they are unknown
 * ones, as they were before.
 */
export type FieldRules = ReadonlyMap<number, FieldRule>;

/** A field of which a map has one, so that its type is all of its key. */
function single(name: string, type: string): FieldRule {
  return {
    duplicate: `Duplicate Key, ${name} already provided`,
    lengths: [1],
    wrongLength: `${type} key is more than one byte type`,
  };
}

function keyed(name: string, lengths: readonly number[], wrongLength: string): FieldRule {
  return { duplicate: `Duplicate Key, ${name} already provided`, lengths, wrongLength };
}

const DERIVATION = keyed(
  "pubkey derivation path",
  [34, 66],
  "Size of key was not the expected size for the type BIP32 keypath",
);

function preimageRule(kind: string, length: number): FieldRule {
  const wrongLength = `Size of key was not the expected size for the type ${kind} preimage`;
  return keyed(`input ${kind} preimage`, [length + 1], wrongLength);
}

/** A control block: its first byte, the internal key, and up to 128 nodes. */
const LEAF_SCRIPT_LENGTHS = Array.from({ length: 129 }, (_, nodes) => 34 + 32 * nodes);

export const GLOBAL_RULES: FieldRules = new Map([
  [GLOBAL_UNSIGNED_TX, single("unsigned tx", "Global unsigned tx")],
  [
    GLOBAL_XPUB,
    {
      duplicate: "Duplicate key, global xpub already provided",
      lengths: [79],
      wrongLength: "Size of key was not the expected size for the type global xpub",
    },
  ],
  [GLOBAL_VERSION, single("version", "Global version")],
]);

export const INPUT_RULES: FieldRules = new Map([
  [IN_NON_WITNESS_UTXO, single("input non-witness utxo", "Non-witness utxo")],
  [IN_WITNESS_UTXO, single("input witness utxo", "Witness utxo")],
  [
    IN_PARTIAL_SIG,
    keyed(
      "input partial signature for pubkey",
      [34, 66],
      "Size of key was not the expected size for the type partial signature pubkey",
    ),
  ],
  [IN_SIGHASH, single("input sighash type", "Sighash type")],
  [IN_REDEEM_SCRIPT, single("input redeemScript", "Input redeemScript")],
  [IN_WITNESS_SCRIPT, single("input witnessScript", "Input witnessScript")],
  [IN_BIP32_DERIVATION, DERIVATION],
  [IN_FINAL_SCRIPT, single("input final scriptSig", "Final scriptSig")],
  [IN_FINAL_WITNESS, single("input final scriptWitness", "Final scriptWitness")],
  [IN_RIPEMD160, preimageRule("ripemd160", 20)],
  [IN_SHA256, preimageRule("sha256", 32)],
  [IN_HASH160, preimageRule("hash160", 20)],
  [IN_HASH256, preimageRule("hash256", 32)],
  [IN_TAP_KEY_SIG, single("input Taproot key signature", "Input Taproot key signature")],
  [
    IN_TAP_SCRIPT_SIG,
    keyed(
      "input Taproot script signature",
      [65],
      "Input Taproot script signature key is not 65 bytes",
    ),
  ],
  [
    IN_TAP_LEAF_SCRIPT,
    keyed(
      "input Taproot leaf script",
      LEAF_SCRIPT_LENGTHS,
      "Input Taproot leaf script key's control block size is not valid",
    ),
  ],
  [
    IN_TAP_BIP32_DERIVATION,
    keyed(
      "input Taproot BIP32 keypath",
      [33],
      "Input Taproot BIP32 keypath key is not at 33 bytes",
    ),
  ],
  [IN_TAP_INTERNAL_KEY, single("input Taproot internal key", "Input Taproot internal key")],
  [IN_TAP_MERKLE_ROOT, single("input Taproot merkle root", "Input Taproot merkle root")],
  [
    IN_MUSIG_PARTICIPANTS,
    keyed(
      "input participant pubkeys for an aggregate key",
      [34],
      "Input musig2 participants pubkeys aggregate key is not 34 bytes",
    ),
  ],
  [
    IN_MUSIG_NONCE,
    keyed(
      "input musig2 pubnonce",
      [67, 99],
      "Input musig2 pubnonce key is not expected size of 67 or 99 bytes",
    ),
  ],
  [
    IN_MUSIG_PARTIAL_SIG,
    keyed(
      "input musig2 partial sig",
      [67, 99],
      "Input musig2 partial sig key is not expected size of 67 or 99 bytes",
    ),
  ],
]);

export const OUTPUT_RULES: FieldRules = new Map([
  [OUT_REDEEM_SCRIPT, single("output redeemScript", "Output redeemScript")],
  [OUT_WITNESS_SCRIPT, single("output witnessScript", "Output witnessScript")],
  [OUT_BIP32_DERIVATION, DERIVATION],
  [OUT_TAP_INTERNAL_KEY, single("output Taproot internal key", "Output Taproot internal key")],
  [OUT_TAP_TREE, single("output Taproot tree", "Output Taproot tree")],
  [
    OUT_TAP_BIP32_DERIVATION,
    keyed(
      "output Taproot BIP32 keypath",
      [33],
      "Output Taproot BIP32 keypath key is not at 33 bytes",
    ),
  ],
  [
    OUT_MUSIG_PARTICIPANTS,
    keyed(
      "output participant pubkeys for an aggregate key",
      [34],
      "Output musig2 participants pubkeys aggregate key is not 34 bytes",
    ),
  ],
]);
