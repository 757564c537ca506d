import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from "node:crypto";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;

/** Cost of turning a passphrase into a key; kept beside the salt so that it may grow. */
interface ScryptCost {
  /** log2 of N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 64 MiB and some tenths of a second. */
const COST: ScryptCost = { logN: 16, r: 8, p: 1 };
/** A file from elsewhere must not ask for more memory than this: 1 GiB. */
const MAX_LOG_N = 20;

/** Seals bytes with a key: nonce, ciphertext, tag. */
export function seal(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  return new Uint8Array(
    Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
  );
}

/** What was sealed; null when the key is another or the box was changed. */
export function unseal(key: Uint8Array, box: Uint8Array): Uint8Array | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, box.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  try {
    const body = box.subarray(NONCE_BYTES, box.length - TAG_BYTES);
    return new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()]));
  } catch {
    return null;
  }
}

export function randomKey(): Uint8Array {
  return new Uint8Array(randomBytes(KEY_BYTES));
}

/** Seals a key under a passphrase: cost, salt and box in one. */
export async function sealKey(passphrase: string, key: Uint8Array): Promise<Uint8Array> {
  const salt = randomBytes(SALT_BYTES);
  const wrap = await stretch(passphrase, salt, COST);
  const box = seal(wrap, key);
  wrap.fill(0);
  return new Uint8Array(Buffer.concat([Uint8Array.of(COST.logN, COST.r, COST.p), salt, box]));
}

/** The key that `sealKey` sealed; null when the passphrase is another. */
export async function unsealKey(
  passphrase: string,
  sealed: Uint8Array,
): Promise<Uint8Array | null> {
  const [logN = 0, r = 0, p = 0] = sealed;
  if (logN < 1 || logN > MAX_LOG_N || r < 1 || r > 32 || p < 1 || p > 16) return null;
  const salt = sealed.subarray(3, 3 + SALT_BYTES);
  const wrap = await stretch(passphrase, salt, { logN, r, p });
  const key = unseal(wrap, sealed.subarray(3 + SALT_BYTES));
  wrap.fill(0);
  return key;
}

function stretch(
  passphrase: string,
  salt: Uint8Array,
  { logN, r, p }: ScryptCost,
): Promise<Uint8Array> {
  const N = 2 ** logN;
  // HMAC takes a short key and the same with zeros behind it for one: a digest tells them apart.
  const password = createHash("sha256").update(passphrase).digest();
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error !== null) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}
