/** Prefixes of addresses and keys on every network but main. */
export const TEST_PREFIXES = {
  pubKeyHashPrefix: 111,
  scriptHashPrefix: 196,
  secretKeyPrefix: 239,
  extendedPublicPrefix: 0x043587cf,
  extendedSecretPrefix: 0x04358394,
} as const;
