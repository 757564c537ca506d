import { formatAddress } from "@compeer/protocol/bitcoin/address";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Wallet } from "../wallet.ts";
import { onlySigner, textOf } from "./external-signer.ts";
import { signerCommand } from "./signer-command.ts";

/**
 * Has the owner of the connected device compare an address of the wallet with what the device shows.
 * Core: CWallet::DisplayAddress.
 *
 * @throws RpcError -1 in Core's words, when the device names another address too
 */
export async function showAddress(wallet: Wallet, script: Uint8Array): Promise<void> {
  const descriptor = wallet.hasExternalSigner ? wallet.describe(script) : null;
  if (descriptor === null) throw misc("There is no ScriptPubKeyManager for this address");
  const signer = await onlySigner(signerCommand(wallet));
  if ("error" in signer) throw misc(signer.error);
  const own = wallet.signing(script)?.keys ?? [];
  if (!own.some(({ origin }) => origin.fingerprint === signer.fingerprint.toLowerCase()))
    throw misc(`Signer ${signer.fingerprint} has no key of this address`);
  const answer = await signer.displayAddress(descriptor);
  const error = textOf(answer, "error");
  if (error !== null) throw misc(`Signer returned error: ${error}`);
  const shown = textOf(answer, "address");
  if (shown === null) throw misc("Signer did not echo address");
  if (shown !== formatAddress(script, wallet.network))
    throw misc(`Signer echoed unexpected address ${shown}`);
}

function misc(message: string): RpcError {
  return new RpcError(RpcErrorCode.misc, message);
}
