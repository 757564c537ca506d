import { hash } from "node:crypto";

/** SHA-256 of Node for long messages. */
export const hashLarge: ((data: Uint8Array) => Uint8Array) | null = (data) =>
  hash("sha256", data, "buffer");
