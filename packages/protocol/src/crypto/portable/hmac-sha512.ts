/**
 * HMAC-SHA512 of the platform. Outside Node there is none that answers at once.
 *
 * @public reached as #native/hmac-sha512
 */
export const hmacSha512: ((key: Uint8Array, data: Uint8Array) => Uint8Array) | null = null;
