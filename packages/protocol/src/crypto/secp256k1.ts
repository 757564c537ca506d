import { nativeBackends } from "#native/backends";
import { equalBytes } from "../bytes/compare.ts";
import { decodeHex } from "../bytes/hex.ts";
import { nobleBackend } from "./noble-backend.ts";
import type { SignatureBackend } from "./signature-backend.ts";
import { openWasm } from "./wasm-backend.ts";

export type { SignatureBackend };

/** Fastest first. The last always loads. */
const openers: readonly (() => SignatureBackend | null)[] = [
  ...nativeBackends,
  openWasm,
  () => nobleBackend,
];

/** What each opener gave so far; null where it does not load or gave wrong answers. */
const opened: (SignatureBackend | null)[] = [];

/** The fastest backend that loads here. Opened by the first call in each thread, then kept. */
export function signatureBackend(): SignatureBackend {
  const found = firstNamed("");
  if (found !== null) return found;
  throw new Error("no implementation of secp256k1 gives right answers here");
}

/** Every backend that loads here, fastest first. */
export function signatureBackends(): readonly SignatureBackend[] {
  return openers.map((_, i) => open(i)).filter((backend) => backend !== null);
}

/**
 * The fastest backend whose name contains `preferred`, or the fastest of all when none is preferred.
 *
 * @throws Error when no backend of such a name loads here
 */
export function chooseSignatureBackend(preferred?: string): SignatureBackend {
  if (preferred === undefined) return signatureBackend();
  const found = firstNamed(preferred);
  if (found !== null) return found;
  const names = signatureBackends()
    .map(({ name }) => name)
    .join(", ");
  throw new Error(`no signature backend named ${preferred} loads here; there are: ${names}`);
}

/** The fastest that loads here and has `part` in its name; those behind it stay closed. */
function firstNamed(part: string): SignatureBackend | null {
  for (let i = 0; i < openers.length; i++) {
    const backend = open(i);
    if (backend?.name.includes(part)) return backend;
  }
  return null;
}

function open(index: number): SignatureBackend | null {
  let backend = opened[index];
  if (backend === undefined) {
    backend = (openers[index] as () => SignatureBackend | null)();
    if (backend !== null && !answersRight(backend)) backend = null;
    opened[index] = backend;
  }
  return backend;
}

/**
 * One right and one wrong case of each question. A system library may be of any version or damaged,
 * and a wrong answer here means following a wrong chain. Core tests itself likewise at start.
 */
function answersRight(backend: SignatureBackend): boolean {
  const { secret, hash, key, ecdsa, schnorr, tweaked } = SELF_TEST;
  const x = key.subarray(1);
  return (
    backend.verifyEcdsa(ecdsa, hash, key) &&
    !backend.verifyEcdsa(ecdsa, x, key) &&
    backend.verifySchnorr(schnorr, hash, x) &&
    !backend.verifySchnorr(schnorr, x, x) &&
    backend.checkTapTweak(x, hash, tweaked, 1) &&
    !backend.checkTapTweak(x, hash, tweaked, 0) &&
    isBytes(backend.publicKey(secret), key) &&
    backend.publicKey(new Uint8Array(32)) === null &&
    isBytes(backend.tweakPublicKey(key, hash), Uint8Array.of(3, ...tweaked)) &&
    backend.tweakPublicKey(hash, hash) === null
  );
}

function isBytes(bytes: Uint8Array | null, expected: Uint8Array): boolean {
  return bytes !== null && equalBytes(bytes, expected);
}

/** Made with the secret key 07…07 and the hash 09…09, which is the tweak as well. */
const SELF_TEST = {
  secret: new Uint8Array(32).fill(7),
  hash: new Uint8Array(32).fill(9),
  key: decodeHex("02989c0b76cb563971fdc9bef31ec06c3560f3249d6ee9e5d83c57625596e05f6f"),
  ecdsa: decodeHex(
    "7157050929571a762ab6e06207f74db146f165fead17acc7afe23000a091dc37" +
      "7b5faa50c021f3f9613f20531b8fc1a38744203a2f391c15e7b1455c3a296e4e",
  ),
  schnorr: decodeHex(
    "e9611a083516925c539d3607c25e5513c90550627223ebe748c53b97d5f38343" +
      "65323ce1897567c3c684d1571db92d390e96def2c68376a2a80a8f49ef6394b5",
  ),
  tweaked: decodeHex("a92c9b7cac68758de5783ed8e5123598e4ad137091e42987d3bad8a08e35bf3d"),
};
