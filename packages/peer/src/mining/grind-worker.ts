import { parentPort } from "node:worker_threads";
import { grindHeader } from "@compeer/protocol/crypto/grind";
import type { GrindTask } from "./grind.ts";

parentPort?.on("message", ({ header, target, tries }: GrindTask) => {
  parentPort?.postMessage(grindHeader(header, target, 0, tries));
});
