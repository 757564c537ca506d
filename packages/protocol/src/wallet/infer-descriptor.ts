import { formatAddress } from "../bitcoin/address.ts";
import type { Network } from "../bitcoin/network.ts";
import { encodeHex } from "../bytes/hex.ts";
import { isValidPublicKey } from "../crypto/keys.ts";
import { solveScript } from "../script/solver.ts";
import { checkMiniscript } from "./check-miniscript.ts";
import { decodeMiniscript } from "./decode-miniscript.ts";
import { descriptorChecksum } from "./descriptor-checksum.ts";
import { formatMiniscript } from "./format-miniscript.ts";
import { miniscriptKeys } from "./miniscript.ts";

/**
 * The descriptor, with checksum, that says most of a script when no key is known. Core: InferDescriptor.
 *
 * @param witnessScript what `script` is the hash of, where that is known
 */
export function inferDescriptor(
  script: Uint8Array,
  network: Network,
  witnessScript?: Uint8Array,
): string {
  const inner = witnessScript && inferWitnessScript(witnessScript);
  const isHashed = solveScript(script).type === "witness_v0_scripthash";
  const text = inner && isHashed ? `wsh(${inner})` : infer(script, network);
  return `${text}#${descriptorChecksum(text)}`;
}

/** What stands inside of wsh(), or null when a key behind a hash is unknown, or it is no descriptor. */
function inferWitnessScript(script: Uint8Array): string | null {
  const { type, solutions } = solveScript(script);
  const [first] = solutions;
  if (type === "pubkey" && first && isCompressedKey(first)) return `pk(${encodeHex(first)})`;
  const multisig = inferMultisig(script, isCompressedKey);
  if (multisig !== null) return multisig;
  const root = decodeMiniscript(script, "wsh");
  if (root === null || checkMiniscript(root, encodeHex) !== null) return null;
  return miniscriptKeys(root).every(isCompressedKey) ? formatMiniscript(root, encodeHex) : null;
}

function infer(script: Uint8Array, network: Network): string {
  const { type, solutions } = solveScript(script);
  const [first] = solutions;
  if (type === "pubkey" && first && isPlainKey(first)) return `pk(${encodeHex(first)})`;
  const multisig = inferMultisig(script, isPlainKey);
  if (multisig !== null) return multisig;
  if (type === "witness_v1_taproot" && first && isValidPublicKey(Uint8Array.of(2, ...first)))
    return `rawtr(${encodeHex(first)})`;
  const address = formatAddress(script, network);
  // Keys alone have an address of another script.
  if (address !== null && type !== "pubkey") return `addr(${address})`;
  return `raw(${encodeHex(script)})`;
}

function inferMultisig(script: Uint8Array, isKey: (bytes: Uint8Array) => boolean): string | null {
  const { type, solutions } = solveScript(script);
  const [required, ...keys] = solutions.slice(0, -1);
  if (type !== "multisig" || required === undefined || !keys.every(isKey)) return null;
  return `multi(${[required[0], ...keys.map(encodeHex)].join(",")})`;
}

function isCompressedKey(bytes: Uint8Array): boolean {
  return bytes.length === 33 && isPlainKey(bytes);
}

/** True for 33 or 65 bytes that begin as a key does, hybrid ones apart. Core: IsValidNonHybrid. */
function isPlainKey(bytes: Uint8Array): boolean {
  const first = bytes[0];
  return bytes.length === 33 ? first === 2 || first === 3 : bytes.length === 65 && first === 4;
}
