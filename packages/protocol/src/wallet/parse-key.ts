import type { Network } from "../bitcoin/network.ts";
import { decodeSecretKey } from "../bitcoin/wif.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex, isHex } from "../bytes/hex.ts";
import { ExtendedKey, type ExtendedKeyVersions } from "../crypto/hd-key.ts";
import { isValidPublicKey, publicKey } from "../crypto/keys.ts";
import type { KeyBranch, KeyExpression, KeyOrigin, KeySource } from "./key-expression.ts";
import { type KeyPath, parseKeyPaths } from "./key-path.ts";
import { parseMusig } from "./parse-musig.ts";

/** Where a key expression stands, which decides the forms it may take (BIP380). */
export type KeyContext = "top" | "sh" | "wpkh" | "wsh" | "tr" | "musig";

/** @throws DecodeError in Core's words */
export function parseKeyExpression(
  text: string,
  context: KeyContext,
  network: Network,
): KeyExpression {
  if (text.startsWith("musig(")) {
    if (context !== "tr") throw new DecodeError("musig() is only allowed in tr() and rawtr()");
    const participant = (part: string): KeyExpression => parseKeyExpression(part, "musig", network);
    return parseMusig(text, participant, versionsOf(network));
  }
  const parts = text.split("]");
  if (parts.length > 2) throw new DecodeError("Multiple ']' characters found for a single pubkey");
  const [first = "", second] = parts;
  const mark = text.includes("'") ? "'" : "h";
  if (second === undefined) return { ...parseSource(first, context, network), origin: null, mark };
  return { ...parseSource(second, context, network), origin: parseOrigin(first), mark };
}

function parseOrigin(text: string): KeyOrigin {
  if (!text.startsWith("["))
    throw new DecodeError(
      `Key origin start '[ character expected but not found, got '${text[0] ?? "]"}' instead`,
    );
  const [fingerprint = "", ...steps] = text.slice(1).split("/");
  if (fingerprint.length !== 8)
    throw new DecodeError(
      `Fingerprint is not 4 bytes (${fingerprint.length} characters instead of 8 characters)`,
    );
  if (!isHex(fingerprint)) throw new DecodeError(`Fingerprint '${fingerprint}' is not hex`);
  const [path = []] = parseKeyPaths(steps, false);
  return { fingerprint: fingerprint.toLowerCase(), path };
}

interface ParsedSource {
  readonly source: KeySource;
  readonly xOnly: boolean;
}

function parseSource(text: string, context: KeyContext, network: Network): ParsedSource {
  const steps = text.split("/");
  const head = steps.shift() ?? "";
  if (head === "") throw new DecodeError("No key provided");
  if (head.trim() !== head) throw new DecodeError(`Key '${head}' is invalid due to whitespace`);
  if (steps.length === 0 && isHex(head)) return constantKey(head, context);
  const secret = steps.length === 0 ? decodeSecretKey(head, network) : null;
  if (secret !== null) {
    refuseUncompressed(secret.compressed, context);
    const key = publicKey(secret.secret, secret.compressed);
    const source: KeySource = { type: "constant", publicKey: key, secret: secret.secret };
    return { source, xOnly: context === "tr" };
  }
  return { source: extendedKey(head, steps, network), xOnly: context === "tr" };
}

function constantKey(text: string, context: KeyContext): ParsedSource {
  const bytes = decodeHex(text);
  if (bytes.length === 65 && (bytes[0] === 6 || bytes[0] === 7))
    throw new DecodeError("Hybrid public keys are not allowed");
  if (context === "tr" && bytes.length === 32) {
    const even = Uint8Array.of(2, ...bytes);
    if (isValidPublicKey(even))
      return { source: { type: "constant", publicKey: even, secret: null }, xOnly: true };
  }
  if (!isValidPublicKey(bytes)) throw new DecodeError(`Pubkey '${text}' is invalid`);
  refuseUncompressed(bytes.length === 33, context);
  return { source: { type: "constant", publicKey: bytes, secret: null }, xOnly: false };
}

function refuseUncompressed(compressed: boolean, context: KeyContext): void {
  if (!compressed && context !== "top" && context !== "sh")
    throw new DecodeError("Uncompressed keys are not allowed");
}

function extendedKey(text: string, steps: string[], network: Network): KeySource {
  let key: ExtendedKey;
  try {
    key = ExtendedKey.parse(text, versionsOf(network));
  } catch (cause) {
    throw new DecodeError(`key '${text}' is not valid`, { cause });
  }
  const last = steps.at(-1);
  const wildcard =
    last === "*" ? "unhardened" : last === "*'" || last === "*h" ? "hardened" : "none";
  if (wildcard !== "none") steps.pop();
  const branches = parseKeyPaths(steps, true).map((path) => keyBranch(key, path));
  return { type: "extended", key, branches, wildcard };
}

function versionsOf(network: Network): ExtendedKeyVersions {
  return { public: network.extendedPublicPrefix, private: network.extendedSecretPrefix };
}

/** Without a key when a hardened step lacks its secret, or the path leads too deep: it is a descriptor none the less. */
function keyBranch(root: ExtendedKey, path: KeyPath): KeyBranch {
  try {
    return { path, key: root.at(path) };
  } catch (error) {
    if (error instanceof RangeError) return { path, key: null };
    throw error;
  }
}
