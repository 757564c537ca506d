/** Bytes that ChaCha20-Poly1305 puts behind a message. */
export const TAG_SIZE = 16;

/**
 * ChaCha20-Poly1305 (RFC 8439) of the platform. A packet is a message and the room of its tag behind it, in
 * memory that no other thread sees; what it holds is replaced.
 */
export interface Aead {
  /** Encrypts the message and puts its tag behind it. A nonce is used once. */
  seal(key32: Uint8Array, nonce12: Uint8Array, aad: Uint8Array, packet: Uint8Array): void;
  /** Decrypts the message. When false something was changed on the way, and what the packet holds is worth nothing. */
  open(key32: Uint8Array, nonce12: Uint8Array, aad: Uint8Array, packet: Uint8Array): boolean;
}

/** The first `length` bytes of the key stream of ChaCha20 (RFC 8439), from block 0 on. */
export type KeyStream = (key32: Uint8Array, nonce12: Uint8Array, length: number) => Uint8Array;
