import { parentPort } from "node:worker_threads";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { SignatureQueue } from "./signature-queue.ts";

const backend = signatureBackend(); // opened before the first block wants it
parentPort?.on("message", (memory: SharedArrayBuffer) => {
  new SignatureQueue(memory).answer(backend);
  parentPort?.postMessage(null);
});
