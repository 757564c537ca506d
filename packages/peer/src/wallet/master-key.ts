import { randomBytes } from "node:crypto";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { ExtendedKey } from "@compeer/protocol/crypto/hd-key";
import type { OutputType } from "./output-type.ts";

/** A random extended private key, as text (BIP32). */
export function randomMasterKey(network: Network): string {
  const versions = {
    public: network.extendedPublicPrefix,
    private: network.extendedSecretPrefix,
  };
  return ExtendedKey.fromSeed(randomBytes(32), versions).formatPrivate();
}

/** Purposes of BIP44, 49, 84 and 86, and the script that each pays to. */
const STANDARD: Readonly<
  Record<OutputType, { readonly purpose: number; readonly open: string; readonly close: string }>
> = {
  legacy: { purpose: 44, open: "pkh(", close: ")" },
  "p2sh-segwit": { purpose: 49, open: "sh(wpkh(", close: "))" },
  bech32: { purpose: 84, open: "wpkh(", close: ")" },
  bech32m: { purpose: 86, open: "tr(", close: ")" },
};

/** The descriptor that a wallet has for a kind of address. Core: GenerateWalletDescriptor. */
export function standardDescriptor(
  masterKey: string,
  type: OutputType,
  internal: boolean,
  network: Network,
): string {
  const { purpose, open, close } = STANDARD[type];
  const coin = network.name === "main" ? 0 : 1;
  return `${open}${masterKey}/${purpose}h/${coin}h/0h/${internal ? 1 : 0}/*${close}`;
}
