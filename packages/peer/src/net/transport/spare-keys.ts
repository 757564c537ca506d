import { randomBytes } from "node:crypto";
import { createSwiftKeys, type SwiftKeys } from "@compeer/protocol/crypto/elligator-swift";

/** Pairs kept ready; more would only be secrets that lie about. */
const SPARE = 8;

const spare: SwiftKeys[] = [];
let isMaking = false;

/**
 * Keys for one connection. Making a pair costs more than all the rest of a handshake, so some are made
 * ahead, one in each turn of the event loop that follows.
 */
export function takeKeys(): SwiftKeys {
  const keys = spare.pop() ?? createSwiftKeys(randomBytes);
  if (!isMaking) makeSoon();
  return keys;
}

function makeSoon(): void {
  isMaking = spare.length < SPARE;
  if (isMaking)
    setImmediate(() => {
      spare.push(createSwiftKeys(randomBytes));
      makeSoon();
    }).unref();
}
