import { secp256k1Base64Bytes } from "@bitauth/libauth/build/lib/bin/secp256k1/secp256k1.base64.js";
import { base64ToBin } from "@bitauth/libauth/build/lib/format/base64.js";
import { verifySchnorrByRecovery } from "./schnorr-by-recovery.ts";
import {
  ecdsaLengthsFit,
  type SignatureBackend,
  schnorrLengthsFit,
  tweakLengthsFit,
} from "./signature-backend.ts";
import { instantiate, wasmMemory, wasmTable } from "./webassembly.ts";

/** What we use of the module's exports. Pointers are numbers; results are 1 for success. */
interface Library {
  _malloc(bytes: number): number;
  _secp256k1_context_create(flags: number): number;
  _secp256k1_ec_pubkey_create(context: number, out: number, secret: number): number;
  _secp256k1_ec_pubkey_parse(context: number, out: number, at: number, length: number): number;
  _secp256k1_ec_pubkey_serialize(
    context: number,
    out: number,
    length: number,
    key: number,
    flags: number,
  ): number;
  _secp256k1_ec_pubkey_tweak_add(context: number, key: number, tweak: number): number;
  _secp256k1_ecdsa_recover(context: number, key: number, signature: number, hash: number): number;
  _secp256k1_ecdsa_recoverable_signature_parse_compact(
    context: number,
    out: number,
    at: number,
    id: number,
  ): number;
  _secp256k1_ecdsa_signature_normalize(context: number, out: number, at: number): number;
  _secp256k1_ecdsa_signature_parse_compact(context: number, out: number, at: number): number;
  _secp256k1_ecdsa_verify(context: number, signature: number, hash: number, key: number): number;
}

/** SECP256K1_CONTEXT_SIGN and SECP256K1_CONTEXT_VERIFY. */
const CONTEXT_ALL = 0x301;
const SERIALIZE_COMPRESSED = 0x102;

/** libsecp256k1 compiled to WebAssembly, as @bitauth/libauth carries it. It has no BIP340. */
export function openWasm(): SignatureBackend {
  const memory = wasmMemory(PAGES);
  const library = start(memory);
  const bytes = new Uint8Array(memory.buffer);
  const context = library._secp256k1_context_create(CONTEXT_ALL);
  const signatureAt = library._malloc(64);
  const hashAt = library._malloc(32);
  const keyAt = library._malloc(65);
  const parsedSignatureAt = library._malloc(65);
  const parsedKeyAt = library._malloc(64);
  const lengthAt = library._malloc(4);

  function readParsedKey(): Uint8Array {
    new DataView(memory.buffer).setUint32(lengthAt, 33, true);
    library._secp256k1_ec_pubkey_serialize(
      context,
      keyAt,
      lengthAt,
      parsedKeyAt,
      SERIALIZE_COMPRESSED,
    );
    return bytes.subarray(keyAt, keyAt + 33);
  }

  function recover(sig64: Uint8Array, hash32: Uint8Array): Uint8Array | null {
    bytes.set(sig64, signatureAt);
    bytes.set(hash32, hashAt);
    const recovered =
      library._secp256k1_ecdsa_recoverable_signature_parse_compact(
        context,
        parsedSignatureAt,
        signatureAt,
        0,
      ) === 1 &&
      library._secp256k1_ecdsa_recover(context, parsedKeyAt, parsedSignatureAt, hashAt) === 1;
    return recovered ? readParsedKey() : null;
  }

  return {
    name: "libauth (WebAssembly)",

    verifyEcdsa(sig64, hash32, pubkey) {
      if (!ecdsaLengthsFit(sig64, hash32, pubkey)) return false;
      bytes.set(sig64, signatureAt);
      bytes.set(hash32, hashAt);
      bytes.set(pubkey, keyAt);
      if (library._secp256k1_ec_pubkey_parse(context, parsedKeyAt, keyAt, pubkey.length) !== 1) {
        return false;
      }
      const parsed = library._secp256k1_ecdsa_signature_parse_compact(
        context,
        parsedSignatureAt,
        signatureAt,
      );
      if (parsed !== 1) return false;
      library._secp256k1_ecdsa_signature_normalize(context, parsedSignatureAt, parsedSignatureAt);
      return library._secp256k1_ecdsa_verify(context, parsedSignatureAt, hashAt, parsedKeyAt) === 1;
    },

    verifySchnorr(sig64, hash32, pubkeyX32) {
      if (!schnorrLengthsFit(sig64, hash32, pubkeyX32)) return false;
      return verifySchnorrByRecovery(recover, sig64, hash32, pubkeyX32);
    },

    checkTapTweak(internalX32, tweak32, outputX32, parity) {
      if (!tweakLengthsFit(internalX32, tweak32, outputX32)) return false;
      bytes[keyAt] = 2;
      bytes.set(internalX32, keyAt + 1);
      bytes.set(tweak32, hashAt);
      if (library._secp256k1_ec_pubkey_parse(context, parsedKeyAt, keyAt, 33) !== 1) return false;
      if (library._secp256k1_ec_pubkey_tweak_add(context, parsedKeyAt, hashAt) !== 1) return false;
      const output = readParsedKey();
      if (output[0] !== 2 + parity) return false;
      for (let i = 0; i < 32; i++) if (output[i + 1] !== outputX32[i]) return false;
      return true;
    },

    publicKey(secret32) {
      if (secret32.length !== 32) return null;
      bytes.set(secret32, hashAt);
      const created = library._secp256k1_ec_pubkey_create(context, parsedKeyAt, hashAt) === 1;
      bytes.fill(0, hashAt, hashAt + 32);
      return created ? readParsedKey().slice() : null;
    },

    tweakPublicKey(pubkey33, tweak32) {
      if (pubkey33.length !== 33 || tweak32.length !== 32) return null;
      bytes.set(pubkey33, keyAt);
      bytes.set(tweak32, hashAt);
      const tweaked =
        library._secp256k1_ec_pubkey_parse(context, parsedKeyAt, keyAt, 33) === 1 &&
        library._secp256k1_ec_pubkey_tweak_add(context, parsedKeyAt, hashAt) === 1;
      return tweaked ? readParsedKey().slice() : null;
    },
  };
}

/** The layout that this build by Emscripten expects: constants below, then a stack of 5 MiB, then a heap. */
const PAGES = 256;
const HEAP_POINTER_AT = 68_736;
const STACK_START = 68_752;
const HEAP_START = STACK_START + 5 * 1024 * 1024;

function start(memory: ReturnType<typeof wasmMemory>): Library {
  new DataView(memory.buffer).setUint32(HEAP_POINTER_AT, HEAP_START, true);
  const bytes = new Uint8Array(memory.buffer);
  const env = {
    memory,
    table: wasmTable(6),
    tableBase: 0,
    DYNAMICTOP_PTR: HEAP_POINTER_AT,
    STACKTOP: STACK_START,
    abort: fail,
    _abort: fail,
    enlargeMemory: fail,
    abortOnCannotGrowMemory: fail,
    getTotalMemory: () => PAGES * 65_536,
    ___setErrNo: fail,
    _emscripten_memcpy_big: (to: number, from: number, length: number) => {
      bytes.copyWithin(to, from, from + length);
      return to;
    },
  };
  return instantiate<Library>(base64ToBin(secp256k1Base64Bytes), { env });
}

function fail(): never {
  throw new Error("libsecp256k1 in WebAssembly stopped");
}
