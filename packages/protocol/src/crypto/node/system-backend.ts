import {
  ecdsaLengthsFit,
  type SignatureBackend,
  schnorrLengthsFit,
  tweakLengthsFit,
} from "../signature-backend.ts";
import { type Koffi, type Library, useSystemLibrary } from "./system-library.ts";

/** SECP256K1_CONTEXT_SIGN and SECP256K1_CONTEXT_VERIFY; later versions treat them as no flags at all. */
const CONTEXT_ALL = 0x301;
const SERIALIZE_COMPRESSED = 0x102;

/** libsecp256k1 of the operating system, or null where it, its BIP340 module or koffi is missing. */
export function openSystemLibrary(): SignatureBackend | null {
  return useSystemLibrary(systemBackend);
}

/** Where arguments lie in the memory that is shared with the library. */
const SIGNATURE = 0;
const HASH = 64;
const KEY = 96;
const PARSED_SIGNATURE = 192;
const PARSED_KEY = 256;
const LENGTH = 320;
const MEMORY_SIZE = 328;

/**
 * Arguments are addresses, given as numbers, of memory that is the library's and ours: views over
 * shared memory cannot be handed over, so bytes are copied anyway, and a call with two buffers took
 * 0.30 us where one with two addresses takes 0.11.
 */
function systemBackend(koffi: Koffi, library: Library, file: string): SignatureBackend {
  const declare = (text: string) => library.func(text);
  const context = Number(
    koffi.address(
      declare("void *secp256k1_context_create(unsigned int flags)")(CONTEXT_ALL) as object,
    ),
  );
  const parseSignature = declare(
    "int secp256k1_ecdsa_signature_parse_compact(uintptr_t context, uintptr_t out, uintptr_t in)",
  );
  const normalizeSignature = declare(
    "int secp256k1_ecdsa_signature_normalize(uintptr_t context, uintptr_t out, uintptr_t in)",
  );
  const parsePublicKey = declare(
    "int secp256k1_ec_pubkey_parse(uintptr_t context, uintptr_t out, uintptr_t in, size_t length)",
  );
  const verify = declare(
    "int secp256k1_ecdsa_verify(uintptr_t context, uintptr_t signature, uintptr_t hash, uintptr_t key)",
  );
  const parseXOnly = declare(
    "int secp256k1_xonly_pubkey_parse(uintptr_t context, uintptr_t out, uintptr_t in)",
  );
  const verifySchnorr = declare(
    "int secp256k1_schnorrsig_verify(uintptr_t context, uintptr_t signature, uintptr_t hash, size_t length, uintptr_t key)",
  );
  const checkTweak = declare(
    "int secp256k1_xonly_pubkey_tweak_add_check(uintptr_t context, uintptr_t x, int parity, uintptr_t internal, uintptr_t tweak)",
  );
  const createPublicKey = declare(
    "int secp256k1_ec_pubkey_create(uintptr_t context, uintptr_t out, uintptr_t secret)",
  );
  const addTweak = declare(
    "int secp256k1_ec_pubkey_tweak_add(uintptr_t context, uintptr_t key, uintptr_t tweak)",
  );
  const serializePublicKey = declare(
    "int secp256k1_ec_pubkey_serialize(uintptr_t context, uintptr_t out, uintptr_t length, uintptr_t key, unsigned int flags)",
  );

  // Written anew by each call, which is synchronous. Never freed: a backend lives as long as its thread.
  const block: unknown = koffi.alloc("uint8_t", MEMORY_SIZE);
  const memory = new Uint8Array(koffi.view(block, MEMORY_SIZE));
  const start = Number(koffi.address(block));
  const [signature, hash, key] = [start + SIGNATURE, start + HASH, start + KEY];
  const [parsedSignature, parsedKey] = [start + PARSED_SIGNATURE, start + PARSED_KEY];

  /**
   * Length of the key that is parsed, 0 when none is. Neighbouring inputs often have the same one, and
   * finding y is a tenth of what a signature costs.
   */
  let heldLength = 0;

  function holdsKey(pubkey: Uint8Array): boolean {
    if (pubkey.length !== heldLength) return false;
    for (let i = 0; i < heldLength; i++) if (memory[KEY + i] !== pubkey[i]) return false;
    return true;
  }

  function loseKey(): false {
    heldLength = 0;
    return false;
  }

  const lengths = new DataView(memory.buffer, memory.byteOffset);

  /** The parsed key, compressed; for all of this the memory of the held key is used. */
  function serializedKey(): Uint8Array {
    lengths.setBigUint64(LENGTH, 33n, true);
    serializePublicKey(context, key, start + LENGTH, parsedKey, SERIALIZE_COMPRESSED);
    return memory.slice(KEY, KEY + 33);
  }

  return {
    name: `${file} (system library)`,

    verifyEcdsa(sig64, hash32, pubkey) {
      if (!ecdsaLengthsFit(sig64, hash32, pubkey)) return false;
      memory.set(sig64, SIGNATURE);
      memory.set(hash32, HASH);
      if (!holdsKey(pubkey)) {
        memory.set(pubkey, KEY);
        if (parsePublicKey(context, parsedKey, key, pubkey.length) !== 1) return loseKey();
        heldLength = pubkey.length;
      }
      if (parseSignature(context, parsedSignature, signature) !== 1) return false;
      normalizeSignature(context, parsedSignature, parsedSignature);
      return verify(context, parsedSignature, hash, parsedKey) === 1;
    },

    verifySchnorr(sig64, hash32, pubkeyX32) {
      if (!schnorrLengthsFit(sig64, hash32, pubkeyX32)) return false;
      memory.set(sig64, SIGNATURE);
      memory.set(hash32, HASH);
      if (!holdsKey(pubkeyX32)) {
        memory.set(pubkeyX32, KEY);
        if (parseXOnly(context, parsedKey, key) !== 1) return loseKey();
        heldLength = 32;
      }
      return verifySchnorr(context, signature, hash, 32, parsedKey) === 1;
    },

    checkTapTweak(internalX32, tweak32, outputX32, parity) {
      if (!tweakLengthsFit(internalX32, tweak32, outputX32)) return false;
      memory.set(outputX32, SIGNATURE);
      memory.set(tweak32, HASH);
      loseKey();
      memory.set(internalX32, KEY);
      if (parseXOnly(context, parsedKey, key) !== 1) return false;
      return checkTweak(context, signature, parity, parsedKey, hash) === 1;
    },

    publicKey(secret32) {
      if (secret32.length !== 32) return null;
      loseKey();
      memory.set(secret32, HASH);
      const created = createPublicKey(context, parsedKey, hash) === 1;
      memory.fill(0, HASH, HASH + 32);
      return created ? serializedKey() : null;
    },

    tweakPublicKey(pubkey33, tweak32) {
      if (pubkey33.length !== 33 || tweak32.length !== 32) return null;
      loseKey();
      memory.set(pubkey33, KEY);
      memory.set(tweak32, HASH);
      if (parsePublicKey(context, parsedKey, key, 33) !== 1) return null;
      return addTweak(context, parsedKey, hash) === 1 ? serializedKey() : null;
    },
  };
}
