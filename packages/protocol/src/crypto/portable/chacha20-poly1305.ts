import type { Aead, KeyStream } from "../aead.ts";

/**
 * Outside Node nobody speaks the encrypted transport.
 *
 * @public reached as #native/chacha20-poly1305
 */
export const chaCha20Poly1305 = null as Aead | null;

/** @public reached as #native/chacha20-poly1305 */
export const chaCha20Stream = null as KeyStream | null;
