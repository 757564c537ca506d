import { hash160 } from "@compeer/protocol/crypto/hash160";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { OP_EQUAL, OP_HASH160 } from "@compeer/protocol/script/opcodes";

/** The output script that hides `script` behind its hash (BIP16). */
export function payToScriptHash(script: Uint8Array): Uint8Array {
  return scriptOf(OP_HASH160, hash160(script), OP_EQUAL);
}
