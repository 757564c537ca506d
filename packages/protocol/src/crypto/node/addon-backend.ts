import { createRequire } from "node:module";
import { dirname } from "node:path";
import { verifySchnorrByRecovery } from "../schnorr-by-recovery.ts";
import {
  ecdsaLengthsFit,
  type SignatureBackend,
  schnorrLengthsFit,
  tweakLengthsFit,
} from "../signature-backend.ts";

/** What we use of the addon's C++ class. Its results are 0 for success and the step that failed. */
interface Addon {
  signatureNormalize(sig64InPlace: Uint8Array): number;
  ecdsaVerify(sig64: Uint8Array, hash32: Uint8Array, pubkey: Uint8Array): number;
  ecdsaRecover(out33: Uint8Array, sig64: Uint8Array, id: number, hash32: Uint8Array): number;
  publicKeyCreate(out33: Uint8Array, secret32: Uint8Array): number;
  publicKeyTweakAdd(out33: Uint8Array, pubkey: Uint8Array, tweak32: Uint8Array): number;
}

/**
 * The prebuilt C++ of the npm package `secp256k1`, or null where none loads. The package's main
 * module would then fall back to `elliptic`, whose answers have differed from libsecp256k1: so the
 * binding is loaded by itself.
 */
export function openAddon(): SignatureBackend | null {
  const addon = loadAddon();
  return addon === null ? null : addonBackend(addon);
}

function loadAddon(): Addon | null {
  try {
    const manifest = createRequire(import.meta.url).resolve("secp256k1/package.json");
    const load = createRequire(manifest)("node-gyp-build") as (folder: string) => {
      Secp256k1: new () => Addon;
    };
    return new (load(dirname(manifest)).Secp256k1)();
  } catch {
    return null; // no build for this platform
  }
}

function addonBackend(addon: Addon): SignatureBackend {
  // Written anew by each call, which is synchronous: arguments may be views over shared memory.
  const signature = new Uint8Array(64);
  const hash = new Uint8Array(32);
  const key33 = new Uint8Array(33);
  const key65 = new Uint8Array(65);
  const output33 = new Uint8Array(33);

  function recover(sig64: Uint8Array, hash32: Uint8Array): Uint8Array | null {
    return addon.ecdsaRecover(output33, sig64, 0, hash32) === 0 ? output33 : null;
  }

  return {
    name: "secp256k1 (native addon)",

    verifyEcdsa(sig64, hash32, pubkey) {
      if (!ecdsaLengthsFit(sig64, hash32, pubkey)) return false;
      signature.set(sig64);
      hash.set(hash32);
      const key = pubkey.length === 33 ? key33 : key65;
      key.set(pubkey);
      return (
        addon.signatureNormalize(signature) === 0 && addon.ecdsaVerify(signature, hash, key) === 0
      );
    },

    verifySchnorr(sig64, hash32, pubkeyX32) {
      if (!schnorrLengthsFit(sig64, hash32, pubkeyX32)) return false;
      return verifySchnorrByRecovery(recover, sig64, hash32, pubkeyX32);
    },

    checkTapTweak(internalX32, tweak32, outputX32, parity) {
      if (!tweakLengthsFit(internalX32, tweak32, outputX32)) return false;
      key33[0] = 2;
      key33.set(internalX32, 1);
      hash.set(tweak32);
      if (addon.publicKeyTweakAdd(output33, key33, hash) !== 0) return false;
      if (output33[0] !== 2 + parity) return false;
      for (let i = 0; i < 32; i++) if (output33[i + 1] !== outputX32[i]) return false;
      return true;
    },

    publicKey(secret32) {
      if (secret32.length !== 32) return null;
      hash.set(secret32);
      const created = addon.publicKeyCreate(output33, hash) === 0;
      hash.fill(0);
      return created ? output33.slice() : null;
    },

    tweakPublicKey(pubkey33, tweak32) {
      if (pubkey33.length !== 33 || tweak32.length !== 32) return null;
      key33.set(pubkey33);
      hash.set(tweak32);
      return addon.publicKeyTweakAdd(output33, key33, hash) === 0 ? output33.slice() : null;
    },
  };
}
