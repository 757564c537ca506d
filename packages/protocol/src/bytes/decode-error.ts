/** Bytes or text that do not decode. Caught once, at the border where they came in. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}
