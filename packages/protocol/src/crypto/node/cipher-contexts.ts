import { createRequire } from "node:module";
import { type Aead, TAG_SIZE } from "../aead.ts";
import type { Koffi } from "./system-library.ts";

/** EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG. */
const GET_TAG = 0x10;
const SET_TAG = 0x11;
/** What says to EVP_CipherInit_ex that a context goes on as what it is. */
const SAME = 0;

/** Where arguments lie in the memory that is shared with OpenSSL. */
const KEY = 0;
const NONCE = 32;
const TAG = 48;
/** An int that OpenSSL writes, and nobody reads. */
const LENGTH = 64;
const MEMORY_SIZE = 72;

/**
 * OpenSSL's, by the functions that the running program has in itself: one context for each direction is kept
 * and takes a new key and nonce with every packet. Null where the program shows no such functions.
 */
export function openCipherContexts(): Aead | null {
  try {
    return cipherContexts(createRequire(import.meta.url)("koffi") as Koffi);
  } catch {
    return null;
  }
}

function cipherContexts(koffi: Koffi): Aead {
  const program = koffi.load(null);
  const address = (pointer: unknown): number => Number(koffi.address(pointer as object));
  const newContext = program.func("void *EVP_CIPHER_CTX_new()");
  const init = program.func(
    "int EVP_CipherInit_ex(uintptr_t context, uintptr_t cipher, uintptr_t engine, uintptr_t key, uintptr_t nonce, int sealing)",
  );
  const update = program.func(
    "int EVP_CipherUpdate(uintptr_t context, uint8_t *out, uintptr_t length, const uint8_t *in, int size)",
  );
  const final = program.func(
    "int EVP_CipherFinal_ex(uintptr_t context, uintptr_t out, uintptr_t length)",
  );
  const control = program.func(
    "int EVP_CIPHER_CTX_ctrl(uintptr_t context, int type, int size, uintptr_t bytes)",
  );

  // Written anew by each call, which is synchronous. Never freed: they live as long as their thread.
  const block: unknown = koffi.alloc("uint8_t", MEMORY_SIZE);
  const memory = new Uint8Array(koffi.view(block, MEMORY_SIZE));
  const start = address(block);
  const [key, nonce, tag, length] = [start + KEY, start + NONCE, start + TAG, start + LENGTH];
  const tagBytes = memory.subarray(TAG, TAG + TAG_SIZE);

  const cipher = address(program.func("void *EVP_chacha20_poly1305()")());
  const makeContext = (sealing: number): number => {
    const context = address(newContext());
    if (init(context, cipher, 0, key, nonce, sealing) !== 1) throw new Error("no such cipher");
    return context;
  };
  const [sealing, opening] = [makeContext(1), makeContext(0)];

  function begin(
    context: number,
    isSealing: number,
    key32: Uint8Array,
    nonce12: Uint8Array,
    aad: Uint8Array,
  ): void {
    memory.set(key32, KEY);
    memory.set(nonce12, NONCE);
    must(init(context, SAME, SAME, key, nonce, isSealing));
    if (aad.length > 0) must(update(context, null, length, aad, aad.length));
  }

  return {
    seal(key32, nonce12, aad, packet) {
      const tagAt = packet.length - TAG_SIZE;
      begin(sealing, 1, key32, nonce12, aad);
      must(update(sealing, packet, length, packet, tagAt));
      must(final(sealing, tag, length));
      must(control(sealing, GET_TAG, TAG_SIZE, tag));
      packet.set(tagBytes, tagAt);
    },

    open(key32, nonce12, aad, packet) {
      const tagAt = packet.length - TAG_SIZE;
      // Byte by byte: a view to copy them from would cost more than they do.
      for (let i = 0; i < TAG_SIZE; i++) memory[TAG + i] = packet[tagAt + i] as number;
      begin(opening, 0, key32, nonce12, aad);
      must(control(opening, SET_TAG, TAG_SIZE, tag));
      must(update(opening, packet, length, packet, tagAt));
      return final(opening, tag, length) === 1;
    },
  };
}

/** @throws Error when OpenSSL could not do what cannot fail */
function must(result: number): void {
  if (result !== 1) throw new Error("OpenSSL has refused to encrypt");
}
