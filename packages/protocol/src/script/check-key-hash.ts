import { hash160Into } from "../crypto/hash160.ts";
import { checkEcdsa, isHopeless } from "./check-signature.ts";
import { VERIFY_NULLFAIL } from "./flags.ts";
import { MAX_SCRIPT_ELEMENT_SIZE } from "./limits.ts";
import { OP_CHECKSIG, OP_DUP, OP_EQUALVERIFY, OP_HASH160 } from "./opcodes.ts";
import type { ScriptError } from "./script-error.ts";
import { checkPublicKeyEncoding, checkSignatureEncoding } from "./signature-encoding.ts";
import { signatureHashLegacy, signatureHashV0 } from "./signature-hash.ts";
import type { TransactionContext } from "./transaction-context.ts";

/** Where the hash stands in the script. */
const HASH_AT = 3;
/** The script that is signed, with the hash of the key of the call in hand. */
const scriptCode = Uint8Array.of(
  OP_DUP,
  OP_HASH160,
  20,
  ...new Uint8Array(20),
  OP_EQUALVERIFY,
  OP_CHECKSIG,
);
/** What the signature of the call in hand signs. */
const hash = new Uint8Array(32);

/**
 * What `DUP HASH160 <hash> EQUALVERIFY CHECKSIG` comes to on a stack of a signature and a key: the
 * script of most inputs, in version "witness-v0" only implied (BIP143). Same errors in the same order
 * as the interpreter gives, at a fraction of its work.
 */
export function checkKeyHash(
  context: TransactionContext,
  input: number,
  flags: number,
  version: "base" | "witness-v0",
  signature: Uint8Array,
  key: Uint8Array,
  keyHash: Uint8Array,
): ScriptError | null {
  if (signature.length > MAX_SCRIPT_ELEMENT_SIZE || key.length > MAX_SCRIPT_ELEMENT_SIZE)
    return "PUSH_SIZE";
  hash160Into(key, scriptCode, HASH_AT);
  for (let i = 0; i < 20; i++) if (scriptCode[HASH_AT + i] !== keyHash[i]) return "EQUALVERIFY";
  const fault =
    checkSignatureEncoding(signature, flags) ?? checkPublicKeyEncoding(key, flags, version);
  if (fault !== null) return fault;
  if (isRight(context, input, version, signature, key)) return null;
  const refused = (flags & VERIFY_NULLFAIL) !== 0 && signature.length > 0;
  return refused ? "NULLFAIL" : "EVAL_FALSE";
}

function isRight(
  context: TransactionContext,
  input: number,
  version: "base" | "witness-v0",
  signature: Uint8Array,
  key: Uint8Array,
): boolean {
  if (isHopeless(signature, key)) return false;
  const type = signature[signature.length - 1] as number;
  if (version === "base") signatureHashLegacy(context, input, scriptCode, type, hash);
  else signatureHashV0(context, input, scriptCode, type, hash);
  return checkEcdsa(context, signature, key, hash);
}
