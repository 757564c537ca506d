import { createCipheriv } from "node:crypto";
import { equalBytes } from "../../bytes/compare.ts";
import type { Aead, KeyStream } from "../aead.ts";
import { openCipherContexts } from "./cipher-contexts.ts";
import { cipherObjects } from "./cipher-objects.ts";

const COUNTER_SIZE = 4;

/** OpenSSL's, by the quicker way where that works. */
export const chaCha20Poly1305: Aead | null = choose();

function choose(): Aead {
  const contexts = openCipherContexts();
  return contexts !== null && doesAgree(contexts) ? contexts : cipherObjects;
}

/** What is reached below Node's own interface has to show first that it does what that does. */
function doesAgree(contexts: Aead): boolean {
  const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(12).fill(2)];
  const [aad, ours, theirs] = [new Uint8Array(5), new Uint8Array(300), new Uint8Array(300)];
  contexts.seal(key, nonce, aad, ours);
  cipherObjects.seal(key, nonce, aad, theirs);
  return equalBytes(ours, theirs) && contexts.open(key, nonce, aad, theirs);
}

/** OpenSSL's. It takes block counter and nonce as one. */
export const chaCha20Stream: KeyStream | null = (key32, nonce12, length) => {
  const counterAndNonce = new Uint8Array(COUNTER_SIZE + nonce12.length);
  counterAndNonce.set(nonce12, COUNTER_SIZE);
  return createCipheriv("chacha20", key32, counterAndNonce).update(new Uint8Array(length));
};
