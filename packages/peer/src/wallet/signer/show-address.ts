import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Wallet } from "../wallet.ts";
import { onlySigner, textOf } from "./external-signer.ts";
import { signerCommand } from "./signer-command.ts";
import { signerError } from "./signer-error.ts";

/**
 * Has the owner of the connected device compare an address of the wallet with what the device shows.
 * Core: CWallet::DisplayAddress.
 *
 * @throws RpcError -1 in Core's words, when the device names another address too
 */
export async function showAddress(wallet: Wallet, script: Uint8Array): Promise<void> {
  const descriptor = wallet.hasExternalSigner ? wallet.describe(script) : null;
  if (descriptor === null) throw signerError("There is no ScriptPubKeyManager for this address");
  const signer = await onlySigner(signerCommand(wallet));
  if ("error" in signer) throw signerError(signer.error);
  const own = wallet.signing(script)?.keys ?? [];
  if (!own.some(({ origin }) => origin.fingerprint === signer.fingerprint.toLowerCase()))
    throw signerError(`Signer ${signer.fingerprint} has no key of this address`);
  const answer = await signer.displayAddress(descriptor);
  const error = textOf(answer, "error");
  if (error !== null) throw signerError(`Signer returned error: ${error}`);
  const shown = textOf(answer, "address");
  if (shown === null) throw signerError("Signer did not echo address");
  if (shown !== formatAddress(script, wallet.network))
    throw signerError(`Signer echoed unexpected address ${shown}`);
}
