import { equalBytes } from "../bytes/compare.ts";
import { hash160 } from "../crypto/hash160.ts";
import { publicKey as publicKeyOf, tweakTapKey } from "../crypto/keys.ts";
import { scriptOf } from "../script/build-script.ts";
import {
  OP_0,
  OP_1,
  OP_CHECKSIG,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
} from "../script/opcodes.ts";
import type { SigningKey, SigningScript } from "./signing-script.ts";

/**
 * A key of the signer's, found by the outputs that pay to it alone: who owns one of these owns the key.
 *
 * @param publicKey 33 or 65 bytes, or 32 for either parity
 */
export function findKeyByOutputs(
  publicKey: Uint8Array,
  find: (script: Uint8Array) => SigningScript | null,
): SigningKey | null {
  const forms = publicKey.length === 32 ? bothParities(publicKey) : [publicKey];
  for (const form of forms)
    for (const script of outputsOf(form))
      for (const key of find(script)?.keys ?? [])
        if (isKey(key, form)) return { ...key, publicKey, leafHashes: [] };
  return null;
}

function bothParities(x: Uint8Array): Uint8Array[] {
  return [2, 3].map((parity) => Uint8Array.of(parity, ...x));
}

/** The outputs that a wallet would make for a key. */
function outputsOf(key: Uint8Array): Uint8Array[] {
  const keyHash = hash160(key);
  const outputs = [
    scriptOf(OP_DUP, OP_HASH160, keyHash, OP_EQUALVERIFY, OP_CHECKSIG),
    scriptOf(key, OP_CHECKSIG),
  ];
  if (key.length !== 33) return outputs;
  const witness = scriptOf(OP_0, keyHash);
  const x = key.subarray(1);
  const tweaked = tweakTapKey(x, new Uint8Array(0))?.x ?? x;
  const nested = scriptOf(OP_HASH160, hash160(witness), OP_EQUAL);
  return [witness, nested, scriptOf(OP_1, tweaked), scriptOf(OP_1, x), ...outputs];
}

/** Whether it is the key in this form; one of taproot tells its parity by its secret only. */
function isKey({ publicKey, secret }: SigningKey, form: Uint8Array): boolean {
  if (publicKey.length !== 32) return equalBytes(publicKey, form);
  if (secret !== null) return equalBytes(publicKeyOf(secret), form);
  return equalBytes(publicKey, form.subarray(1, 33));
}
