import { equalBytes } from "@compeer/protocol/bytes/compare";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { tweakTapKey } from "@compeer/protocol/crypto/keys";
import { scriptOf } from "@compeer/protocol/script/build-script";
import {
  OP_0,
  OP_1,
  OP_CHECKSIG,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
} from "@compeer/protocol/script/opcodes";
import type { SigningKey } from "@compeer/protocol/wallet/signing-script";
import type { Wallet } from "../wallet.ts";

/**
 * A key of the wallet that stands in a script of somebody else: by the path that is named for it, or
 * because the wallet watches what pays to it alone. Core: GetSigningProvider.
 */
export function findKey(
  wallet: Wallet,
  publicKey: Uint8Array,
  path: readonly number[],
): SigningKey | null {
  for (const script of singleKeyScripts(publicKey)) {
    const keys = wallet.signing(script)?.keys ?? [];
    const key = keys.find((each) => isSame(each.publicKey, publicKey));
    if (key !== undefined) return key;
  }
  return path.length === 0 ? null : wallet.key(publicKey, path);
}

function singleKeyScripts(publicKey: Uint8Array): Uint8Array[] {
  const x = publicKey.length === 32 ? publicKey : publicKey.subarray(1, 33);
  const tweaked = tweakTapKey(x, new Uint8Array(0));
  const taproot = tweaked === null ? [] : [scriptOf(OP_1, tweaked.x)];
  if (publicKey.length === 32) return taproot;
  const hash = hash160(publicKey);
  const witness = scriptOf(OP_0, hash);
  return [
    witness,
    scriptOf(OP_DUP, OP_HASH160, hash, OP_EQUALVERIFY, OP_CHECKSIG),
    scriptOf(OP_HASH160, hash160(witness), OP_EQUAL),
    scriptOf(publicKey, OP_CHECKSIG),
    ...taproot,
  ];
}

/** Taproot knows a key by x alone. */
function isSame(own: Uint8Array, publicKey: Uint8Array): boolean {
  return own.length === publicKey.length
    ? equalBytes(own, publicKey)
    : equalBytes(own.subarray(-32), publicKey.subarray(-32));
}
