/** The questions that scripts ask. */
export interface SignatureChecks {
  /**
   * ECDSA as consensus has it (Core: CPubKey::Verify): a high s counts as its low twin.
   *
   * @param sig64 r and s, big-endian
   * @param pubkey 33 or 65 bytes; 65 may be the hybrid form (first byte 6 or 7)
   */
  verifyEcdsa(sig64: Uint8Array, hash32: Uint8Array, pubkey: Uint8Array): boolean;

  /** BIP340. */
  verifySchnorr(sig64: Uint8Array, hash32: Uint8Array, pubkeyX32: Uint8Array): boolean;

  /** BIP341: whether the point with x `outputX32` and y of `parity` is internal key + tweak·G. */
  checkTapTweak(
    internalX32: Uint8Array,
    tweak32: Uint8Array,
    outputX32: Uint8Array,
    parity: 0 | 1,
  ): boolean;
}

/** One implementation of secp256k1. All give the same answers; they differ in speed. */
export interface SignatureBackend extends SignatureChecks {
  /** For people: the startup log and benchmarks show it. */
  readonly name: string;

  /** Compressed public key of a secret key, or null when it is none. */
  publicKey(secret32: Uint8Array): Uint8Array | null;

  /** Public key + tweak·G, compressed, or null when there is no such key (BIP32). */
  tweakPublicKey(pubkey33: Uint8Array, tweak32: Uint8Array): Uint8Array | null;
}

/** Whether the lengths let an ECDSA check go on. */
export function ecdsaLengthsFit(
  sig64: Uint8Array,
  hash32: Uint8Array,
  pubkey: Uint8Array,
): boolean {
  return (
    sig64.length === 64 && hash32.length === 32 && (pubkey.length === 33 || pubkey.length === 65)
  );
}

/** Whether the lengths let a BIP340 check go on. */
export function schnorrLengthsFit(
  sig64: Uint8Array,
  hash32: Uint8Array,
  pubkeyX32: Uint8Array,
): boolean {
  return sig64.length === 64 && hash32.length === 32 && pubkeyX32.length === 32;
}

/** Whether the lengths let a BIP341 tweak check go on. */
export function tweakLengthsFit(
  internalX32: Uint8Array,
  tweak32: Uint8Array,
  outputX32: Uint8Array,
): boolean {
  return internalX32.length === 32 && tweak32.length === 32 && outputX32.length === 32;
}
