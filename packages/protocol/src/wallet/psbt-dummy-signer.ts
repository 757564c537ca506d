import type { SignatureMaker } from "./psbt-signer.ts";

/** DER of numbers of 32 bytes each, with a hash type: what a signature with low r takes. */
const ECDSA_SIZE = 71;
const SCHNORR_SIZE = 64;

/** Signatures of the right size that sign nothing, to learn how large an input will be. */
export const DUMMY_SIGNATURE_MAKER: SignatureMaker = {
  ecdsa: () => new Uint8Array(ECDSA_SIZE),
  keyPath: () => new Uint8Array(SCHNORR_SIZE),
  schnorr: () => new Uint8Array(SCHNORR_SIZE),
  isAfter: () => true,
  isOlder: () => true,
  isValid: () => true,
};
