import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";

/** What is wrong with a signer or its answer, in Core's words. */
export function signerError(message: string): RpcError {
  return new RpcError(RpcErrorCode.misc, message);
}
