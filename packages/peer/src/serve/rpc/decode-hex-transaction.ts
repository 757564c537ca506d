import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { MAX_SCRIPT_SIZE } from "@compeer/protocol/script/limits";
import { hasValidOps } from "@compeer/protocol/script/valid-ops";

/**
 * A transaction given as hex, read with witnesses, without, or as whichever makes more sense: "00 01"
 * may be a witness marker, or no input and one output. Core: DecodeHexTx.
 *
 * @param witness true or false reads it only so; undefined tries both
 * @throws RpcError -22 with `message`
 */
export function decodeHexTransaction(
  hex: string,
  message = "TX decode failed",
  witness?: boolean,
): TransactionView {
  const bytes = isHex(hex) ? decodeHex(hex) : null;
  const extended = bytes && witness !== false ? tryParse(bytes, true) : null;
  if (extended && looksSane(extended)) return extended;
  const legacy = bytes && witness !== true ? tryParse(bytes, false) : null;
  if (legacy && looksSane(legacy)) return legacy;
  const either = extended ?? legacy;
  if (either === null) throw new RpcError(RpcErrorCode.deserialization, message);
  return either;
}

function tryParse(bytes: Uint8Array, allowWitness: boolean): TransactionView | null {
  try {
    return parseTransaction(bytes, allowWitness);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** True when every script reads to its end and is not too long. Core: CheckTxScriptsSanity. */
function looksSane(tx: TransactionView): boolean {
  for (let i = 0; i < tx.inputCount && !tx.isCoinbase; i++)
    if (!isReadable(tx.inputScript(i))) return false;
  for (let i = 0; i < tx.outputCount; i++) if (!isReadable(tx.outputScript(i))) return false;
  return true;
}

function isReadable(script: Uint8Array): boolean {
  return script.length <= MAX_SCRIPT_SIZE && hasValidOps(script);
}
