import type { Network } from "@compeer/protocol/bitcoin/network";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { type Json, JsonObject, member } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { isRanged } from "@compeer/protocol/wallet/expand-descriptor";
import type { Descriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { signingScripts } from "@compeer/protocol/wallet/signing-script";
import { descriptorType } from "../descriptor-entry.ts";
import { type SplitDescriptor, splitDescriptor } from "../descriptor-text.ts";
import { onlySigner, type SignerCommand } from "./external-signer.ts";
import { signerError } from "./signer-error.ts";

/** Core asks for no other. */
const ACCOUNT = 0;

/** What addresses of a wallet are to come from. */
export interface SignerDescriptor {
  readonly split: SplitDescriptor;
  /** For change. */
  readonly internal: boolean;
}

/**
 * The descriptors that the connected device has keys for; those that are of no kind of address are left
 * out. Core: CWallet::SetupDescriptorScriptPubKeyMans.
 *
 * @throws RpcError -1 in Core's words, when one is not of the device's own keys too
 */
export async function signerDescriptors(
  program: SignerCommand,
  network: Network,
): Promise<readonly SignerDescriptor[]> {
  const signer = await onlySigner(program);
  if ("error" in signer) throw signerError(signer.error);
  const answer = await signer.getDescriptors(ACCOUNT);
  return [false, true].flatMap((internal) =>
    textsOf(answer, internal ? "internal" : "receive")
      .map((text) => parsed(text, network, signer.fingerprint.toLowerCase()))
      .filter(({ descriptor }) => descriptorType(descriptor, null, network) !== null)
      .map((split) => ({ split, internal })),
  );
}

function textsOf(answer: Json, name: string): readonly string[] {
  const list = answer instanceof JsonObject ? member(answer, name) : null;
  const texts = Array.isArray(list) ? (list as readonly Json[]) : null;
  if (texts?.every((each) => typeof each === "string")) return texts as readonly string[];
  throw signerError("SetupDescriptorScriptPubKeyMans: Unexpected result");
}

function parsed(text: string, network: Network, fingerprint: string): SplitDescriptor {
  try {
    const split = splitDescriptor(text, network)[0] as SplitDescriptor;
    const fault = faultOf(split, fingerprint);
    if (fault === null) return split;
    throw new DecodeError(fault);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    const message = `Invalid descriptor "${text}" (${cause.message})`;
    throw new RpcError(RpcErrorCode.misc, message, { cause });
  }
}

function faultOf({ secretText, descriptor }: SplitDescriptor, fingerprint: string): string | null {
  if (secretText !== null) return "it tells private keys";
  if (!isRanged(descriptor)) return "it is not ranged";
  return origins(descriptor).includes(fingerprint)
    ? null
    : `none of its keys comes from ${fingerprint}`;
}

/** Fingerprints of the master keys; none where keys cannot be derived. */
function origins(descriptor: Descriptor): readonly string[] {
  try {
    return signingScripts(descriptor, 0).flatMap(({ keys }) =>
      keys.map(({ origin }) => origin.fingerprint),
    );
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
