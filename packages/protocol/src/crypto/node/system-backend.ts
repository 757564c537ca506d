import { createRequire } from "node:module";
import {
  ecdsaLengthsFit,
  type SignatureBackend,
  schnorrLengthsFit,
  tweakLengthsFit,
} from "../signature-backend.ts";

/** By ABI version, newest first. */
const FILES: readonly string[] = [
  ...[6, 5, 2, 1, 0].map((version) => `libsecp256k1.so.${version}`),
  ...[6, 5, 2, 1, 0].map((version) => `libsecp256k1.${version}.dylib`),
  "/opt/homebrew/lib/libsecp256k1.dylib",
  ...[6, 5, 2, 1, 0].map((version) => `libsecp256k1-${version}.dll`),
];

/** SECP256K1_CONTEXT_VERIFY; later versions treat it as no flag at all. */
const CONTEXT_VERIFY = 0x101;

type Library = ReturnType<typeof import("koffi").load>;

/** libsecp256k1 of the operating system, or null where it, its BIP340 module or koffi is missing. */
export function openSystemLibrary(): SignatureBackend | null {
  for (const file of FILES) {
    try {
      const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
      return systemBackend(koffi.load(file), file);
    } catch {
      // Not there, or built without what we need: the next one.
    }
  }
  return null;
}

function systemBackend(library: Library, file: string): SignatureBackend {
  const declare = (text: string) => library.func(text);
  const context: unknown = declare("void *secp256k1_context_create(unsigned int flags)")(
    CONTEXT_VERIFY,
  );
  const parseSignature = declare(
    "int secp256k1_ecdsa_signature_parse_compact(void *context, void *out, void *in)",
  );
  const normalizeSignature = declare(
    "int secp256k1_ecdsa_signature_normalize(void *context, void *out, void *in)",
  );
  const parsePublicKey = declare(
    "int secp256k1_ec_pubkey_parse(void *context, void *out, void *in, size_t length)",
  );
  const verify = declare(
    "int secp256k1_ecdsa_verify(void *context, void *signature, void *hash, void *key)",
  );
  const parseXOnly = declare(
    "int secp256k1_xonly_pubkey_parse(void *context, void *out, void *in)",
  );
  const verifySchnorr = declare(
    "int secp256k1_schnorrsig_verify(void *context, void *signature, void *hash, size_t length, void *key)",
  );
  const checkTweak = declare(
    "int secp256k1_xonly_pubkey_tweak_add_check(void *context, void *x, int parity, void *internal, void *tweak)",
  );

  // Written anew by each call, which is synchronous. Arguments are copied because views over shared
  // memory cannot be handed over, and each call then takes the same few addresses.
  const signature = Buffer.alloc(64);
  const hash = Buffer.alloc(32);
  const key = Buffer.alloc(65);
  const parsedSignature = Buffer.alloc(64);
  const parsedKey = Buffer.alloc(64);

  return {
    name: `${file} (system library)`,

    verifyEcdsa(sig64, hash32, pubkey) {
      if (!ecdsaLengthsFit(sig64, hash32, pubkey)) return false;
      signature.set(sig64);
      hash.set(hash32);
      key.set(pubkey);
      if (parsePublicKey(context, parsedKey, key, pubkey.length) !== 1) return false;
      if (parseSignature(context, parsedSignature, signature) !== 1) return false;
      normalizeSignature(context, parsedSignature, parsedSignature);
      return verify(context, parsedSignature, hash, parsedKey) === 1;
    },

    verifySchnorr(sig64, hash32, pubkeyX32) {
      if (!schnorrLengthsFit(sig64, hash32, pubkeyX32)) return false;
      signature.set(sig64);
      hash.set(hash32);
      key.set(pubkeyX32);
      if (parseXOnly(context, parsedKey, key) !== 1) return false;
      return verifySchnorr(context, signature, hash, 32, parsedKey) === 1;
    },

    checkTapTweak(internalX32, tweak32, outputX32, parity) {
      if (!tweakLengthsFit(internalX32, tweak32, outputX32)) return false;
      key.set(internalX32);
      if (parseXOnly(context, parsedKey, key) !== 1) return false;
      hash.set(tweak32);
      signature.set(outputX32);
      return checkTweak(context, signature, parity, parsedKey, hash) === 1;
    },
  };
}
