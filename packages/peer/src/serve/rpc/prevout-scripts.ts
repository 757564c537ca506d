import { equalBytes } from "@compeer/protocol/bytes/compare";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { type JsonObject, member } from "@compeer/protocol/rpc/json";
import { asHex, checkMembers } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { OP_0 } from "@compeer/protocol/script/opcodes";
import { isPayToScriptHash, isPayToWitnessScriptHash } from "@compeer/protocol/script/templates";
import { payToScriptHash } from "./pay-to-script-hash.ts";

/**
 * The redeem and witness scripts that a member of `prevtxs` states for an output that hides one. Either
 * name may hold the innermost script, and P2SH around P2WSH is understood. Core: ParsePrevouts.
 *
 * @throws RpcError when they are missing or do not hash to the output
 */
export function scriptsOfPrevout(prevout: JsonObject, output: Uint8Array): readonly Uint8Array[] {
  if (!isPayToScriptHash(output) && !isPayToWitnessScriptHash(output)) return [];
  checkMembers(prevout, { redeemScript: "string", witnessScript: "string" }, { allowNull: true });
  const redeem = scriptMember(prevout, "redeemScript");
  const witness = scriptMember(prevout, "witnessScript");
  const inner = witness ?? redeem;
  if (inner === null)
    throw new RpcError(RpcErrorCode.invalidParameter, "Missing redeemScript/witnessScript");
  const wrapped = scriptOf(OP_0, sha256(inner));
  if (
    witness !== null &&
    redeem !== null &&
    !equalBytes(witness, redeem) &&
    !equalBytes(redeem, wrapped)
  )
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "redeemScript does not correspond to witnessScript",
    );
  const forms = isPayToScriptHash(output)
    ? [payToScriptHash(inner), payToScriptHash(wrapped)]
    : [wrapped];
  if (!forms.some((form) => equalBytes(form, output)))
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "redeemScript/witnessScript does not match scriptPubKey",
    );
  return [inner, wrapped];
}

function scriptMember(object: JsonObject, name: string): Uint8Array | null {
  const value = member(object, name) ?? null;
  return value === null ? null : asHex(value, name);
}
