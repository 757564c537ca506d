import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Psbt } from "@compeer/protocol/wallet/psbt";
import { parsePsbt } from "@compeer/protocol/wallet/psbt-decode";
import type { PsbtFault } from "@compeer/protocol/wallet/psbt-fault";

/** A PSBT given as base64. @throws RpcError -22 in Core's words */
export function psbtArgument(base64: string): Psbt {
  try {
    return parsePsbt(base64);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RpcError(RpcErrorCode.deserialization, `TX decode failed ${error.message}`, {
      cause: error,
    });
  }
}

/** What a caller is told when a PSBT is not signed. Core: JSONRPCPSBTError. */
export function psbtError(fault: PsbtFault): RpcError {
  const isMismatch = fault === "Specified sighash value does not match value stored in PSBT";
  const code = isMismatch ? RpcErrorCode.deserialization : RpcErrorCode.verify;
  return new RpcError(code, fault);
}
