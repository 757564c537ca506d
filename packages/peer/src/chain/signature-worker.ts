import { parentPort, workerData } from "node:worker_threads";
import { chooseSignatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { SignatureQueue } from "./signature-queue.ts";

// Opened before the first block wants it.
const backend = chooseSignatureBackend(workerData as string | undefined);
parentPort?.on("message", (memory: SharedArrayBuffer) => {
  new SignatureQueue(memory).answer(backend);
});
