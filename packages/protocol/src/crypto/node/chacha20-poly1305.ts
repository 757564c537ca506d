import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Aead } from "../aead.ts";

const OPTIONS = { authTagLength: 16 };

/** OpenSSL's. */
export const chaCha20Poly1305: Aead | null = {
  seal(key32, nonce12, aad) {
    const cipher = createCipheriv("chacha20-poly1305", key32, nonce12, OPTIONS);
    if (aad.length > 0) cipher.setAAD(aad, { plaintextLength: 0 });
    return {
      update: (piece) => cipher.update(piece),
      finish: () => {
        cipher.final();
        return cipher.getAuthTag();
      },
    };
  },

  open(key32, nonce12, aad) {
    const decipher = createDecipheriv("chacha20-poly1305", key32, nonce12, OPTIONS);
    if (aad.length > 0) decipher.setAAD(aad, { plaintextLength: 0 });
    return {
      update: (piece) => decipher.update(piece),
      finish: (tag16) => {
        decipher.setAuthTag(tag16);
        try {
          decipher.final();
          return true;
        } catch {
          return false; // OpenSSL's word for a tag that does not fit
        }
      },
    };
  },
};
