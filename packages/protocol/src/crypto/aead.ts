/** ChaCha20-Poly1305 (RFC 8439) of the platform, in pieces. */
export interface Aead {
  /** What encrypts one message under a nonce that is used once. */
  seal(key32: Uint8Array, nonce12: Uint8Array, aad: Uint8Array): Sealing;
  open(key32: Uint8Array, nonce12: Uint8Array, aad: Uint8Array): Opening;
}

export interface Sealing {
  /** `piece` encrypted. */
  update(piece: Uint8Array): Uint8Array;
  /** The 16 bytes to go behind the message. */
  finish(): Uint8Array;
}

export interface Opening {
  /** `piece` decrypted; nobody vouches for it until `finish` does. */
  update(piece: Uint8Array): Uint8Array;
  /** False when anything was changed on the way. */
  finish(tag16: Uint8Array): boolean;
}
