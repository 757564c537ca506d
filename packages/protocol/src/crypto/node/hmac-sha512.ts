import { createHmac } from "node:crypto";

/** HMAC-SHA512 of Node: 6 us where the library takes 40. */
export const hmacSha512: ((key: Uint8Array, data: Uint8Array) => Uint8Array) | null = (key, data) =>
  createHmac("sha512", key).update(data).digest();
