/** A native implementation of BIP324's key agreement as a whole. */
export interface SwiftLibrary {
  /** An encoding of the secret's public key, chosen by the randomness. */
  create(secret32: Uint8Array, random32: Uint8Array): Uint8Array;
  /** The common secret of the owner of `secret32` and the other of both keys. */
  agree(
    secret32: Uint8Array,
    initiators64: Uint8Array,
    responders64: Uint8Array,
    isInitiator: boolean,
  ): Uint8Array;
}
