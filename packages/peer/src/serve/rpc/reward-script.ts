import type { Network } from "@compeer/protocol/bitcoin/network";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { expandDescriptor, isRanged } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";

/**
 * The one script that a descriptor means, or why it is no descriptor. Core: getScriptFromDescriptor.
 *
 * @throws RpcError for a descriptor that means many scripts, or needs secrets
 */
export function descriptorScript(
  text: string,
  network: Network,
): { readonly script: Uint8Array } | { readonly error: string } {
  const parsed = tryParse(text, network);
  if ("error" in parsed) return parsed;
  const [descriptor] = parsed.descriptors;
  if (descriptor === undefined || parsed.descriptors.length > 1)
    throw new RpcError(RpcErrorCode.invalidParameter, "Multipath descriptor not accepted");
  if (isRanged(descriptor))
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?",
    );
  const scripts = expanded(descriptor);
  // A combo() means two scripts or four; Core takes P2PKH of two and P2WPKH of four.
  const chosen = scripts.length === 4 ? scripts[2] : scripts[scripts.length - 1];
  return { script: chosen as Uint8Array };
}

function tryParse(
  text: string,
  network: Network,
): { readonly descriptors: readonly Descriptor[] } | { readonly error: string } {
  try {
    return { descriptors: parseDescriptor(text, network) };
  } catch (error) {
    if (error instanceof DecodeError) return { error: error.message };
    throw error;
  }
}

function expanded(descriptor: Descriptor): Uint8Array[] {
  try {
    return expandDescriptor(descriptor, 0).map(({ script }) => script);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      "Cannot derive script without private keys",
    );
  }
}
