import { randomBytes } from "node:crypto";
import { Reader } from "@compeer/protocol/bytes/reader";

/** 64 bits that nobody can guess: of a version message, a ping, a compact block. */
export function randomNonce(): bigint {
  return new Reader(randomBytes(8)).u64big();
}
