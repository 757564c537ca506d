import { DecodeError } from "../bytes/decode-error.ts";

/** A message with more entries than the protocol lets anyone send: its sender misbehaves. */
export class LimitError extends DecodeError {
  constructor(command: string, count: number) {
    super(`${command} message size = ${count}`);
  }
}
