// A thread of `verify-block.ts`: checks its share of the signatures whenever it is told to.

import { parentPort, workerData } from "node:worker_threads";
import { chooseSignatureBackend } from "@compeer/protocol/crypto/secp256k1";

/** What one signature is checked with. */
export interface Signature {
  readonly method: "verifyEcdsa" | "verifySchnorr";
  readonly parts: readonly [Uint8Array, Uint8Array, Uint8Array];
}

export interface Share {
  /** Of the backend. */
  readonly name: string;
  readonly signatures: readonly Signature[];
}

const { name, signatures } = workerData as Share;
const backend = chooseSignatureBackend(name);
parentPort?.on("message", () => {
  // Some are of a multisig and wrong for the key they are tried on.
  for (const { method, parts } of signatures) backend[method](...parts);
  parentPort?.postMessage(null);
});
