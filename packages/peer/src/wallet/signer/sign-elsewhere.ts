import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Psbt } from "@compeer/protocol/wallet/psbt";
import { onlySigner, type SignerCommand } from "./external-signer.ts";

/**
 * Has the connected device sign what it can of a PSBT. What comes back may be of another transaction:
 * see `paysTheSame`. Core: ExternalSignerScriptPubKeyMan::FillPSBT.
 *
 * @throws RpcError -25 in Core's words with the reason, -1 when the program fails
 */
export async function signElsewhere(program: SignerCommand, psbt: Psbt): Promise<Psbt> {
  const signer = await onlySigner(program);
  if ("error" in signer) throw refused(`External signer not found: ${signer.error}`);
  const signed = await signer.signTransaction(psbt);
  if ("error" in signed) throw refused(`External signer failed to sign: ${signed.error}`);
  return signed;
}

function refused(message: string): RpcError {
  return new RpcError(RpcErrorCode.verify, message);
}
