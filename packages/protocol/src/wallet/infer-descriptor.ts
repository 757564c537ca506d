import { formatAddress } from "../bitcoin/address.ts";
import type { Network } from "../bitcoin/network.ts";
import { encodeHex } from "../bytes/hex.ts";
import { isValidPublicKey } from "../crypto/keys.ts";
import { solveScript } from "../script/solver.ts";
import { descriptorChecksum } from "./descriptor-checksum.ts";

/** The descriptor, with checksum, that says most of a script when no key is known. Core: InferDescriptor. */
export function inferDescriptor(script: Uint8Array, network: Network): string {
  const text = infer(script, network);
  return `${text}#${descriptorChecksum(text)}`;
}

function infer(script: Uint8Array, network: Network): string {
  const { type, solutions } = solveScript(script);
  const [first] = solutions;
  if (type === "pubkey" && first && isPlainKey(first)) return `pk(${encodeHex(first)})`;
  if (type === "multisig") {
    const keys = solutions.slice(1, -1);
    if (first && keys.every(isPlainKey))
      return `multi(${[first[0], ...keys.map(encodeHex)].join(",")})`;
  }
  if (type === "witness_v1_taproot" && first && isValidPublicKey(Uint8Array.of(2, ...first)))
    return `rawtr(${encodeHex(first)})`;
  const address = formatAddress(script, network);
  // Keys alone have an address of another script.
  if (address !== null && type !== "pubkey") return `addr(${address})`;
  return `raw(${encodeHex(script)})`;
}

/** True for 33 or 65 bytes that begin as a key does, hybrid ones apart. Core: IsValidNonHybrid. */
function isPlainKey(bytes: Uint8Array): boolean {
  const first = bytes[0];
  return bytes.length === 33 ? first === 2 || first === 3 : bytes.length === 65 && first === 4;
}
