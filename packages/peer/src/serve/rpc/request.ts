import { type Json, JsonObject, type JsonOut, member, typeName } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";

/** What is known of a request so far; it grows while the request is read, so a fault has its id. */
export interface RpcRequest {
  /** JSON-RPC 2.0; otherwise the older form with both members in the reply. */
  v2: boolean;
  /** Undefined when the request has none. */
  id: Json | undefined;
  method: string;
  params: readonly Json[] | JsonObject;
}

/** Where a request without any faults is read into. Nothing of the request is known yet. */
export function emptyRequest(): RpcRequest {
  return { v2: false, id: null, method: "", params: [] };
}

/**
 * Reads a request object into `request`. Core: JSONRPCRequest::parse.
 *
 * @throws RpcError -32600 on a member that is missing or of a wrong type
 */
export function readRequest(value: Json, request: RpcRequest): void {
  if (!(value instanceof JsonObject)) throw invalid("Invalid Request object");
  request.id = member(value, "id");
  request.v2 = readVersion(member(value, "jsonrpc") ?? null);
  const method = member(value, "method") ?? null;
  if (method === null) throw invalid("Missing method");
  if (typeof method !== "string") throw invalid("Method must be a string");
  request.method = method;
  const params = member(value, "params") ?? [];
  const type = typeName(params);
  if (type !== "array" && type !== "object") throw invalid("Params must be an array or object");
  request.params = params as readonly Json[] | JsonObject;
}

function readVersion(version: Json): boolean {
  if (version === null || version === "1.0") return false;
  if (typeof version !== "string") throw invalid("jsonrpc field must be a string");
  if (version !== "2.0") throw invalid("JSON-RPC version not supported");
  return true;
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidRequest, message);
}

/** A 2.0 request without id wants no reply. */
export function isNotification(request: RpcRequest): boolean {
  return request.v2 && request.id === undefined;
}

/** The reply that carries a result. Core: JSONRPCReplyObj. */
export function resultReply({ v2, id }: RpcRequest, result: JsonOut): JsonOut {
  return v2 ? { jsonrpc: "2.0", result, id } : { result, error: null, id };
}

/** The reply that carries an error. Core: JSONRPCReplyObj. */
export function errorReply({ v2, id }: RpcRequest, { code, message }: RpcError): JsonOut {
  const error = { code, message };
  return v2 ? { jsonrpc: "2.0", error, id } : { result: null, error, id };
}
