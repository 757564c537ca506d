import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { isOpSuccess } from "@compeer/protocol/script/opcode-kinds";
import { OP_0 } from "@compeer/protocol/script/opcodes";
import { ScriptReader } from "@compeer/protocol/script/script-reader";
import { type Solution, solveScript } from "@compeer/protocol/script/solver";
import { isUnspendable } from "@compeer/protocol/script/templates";
import { hasValidOps } from "@compeer/protocol/script/valid-ops";
import { payToScriptHash } from "./pay-to-script-hash.ts";
import { scriptJson } from "./transaction-json.ts";

/** Core: decodescript. */
export function decodeScriptJson(script: Uint8Array, network: Network): JsonOut {
  const solution = solveScript(script);
  const answer = scriptJson(script, network, false);
  if (!canWrap(script, solution)) return answer;
  const segwit = canWrapInWitness(solution) ? witnessScript(script, solution) : null;
  return {
    ...answer,
    p2sh: addressOf(payToScriptHash(script), network),
    segwit:
      segwit === null
        ? undefined
        : {
            ...scriptJson(segwit, network, true, script),
            "p2sh-segwit": addressOf(payToScriptHash(segwit), network),
          },
  };
}

function addressOf(script: Uint8Array, network: Network): string | undefined {
  return formatAddress(script, network) ?? undefined;
}

function canWrap(script: Uint8Array, { type }: Solution): boolean {
  switch (type) {
    case "multisig":
    case "nonstandard":
    case "pubkey":
    case "pubkeyhash":
    case "witness_v0_keyhash":
    case "witness_v0_scripthash":
      return hasValidOps(script) && !isUnspendable(script) && hasNoSuccess(script);
    default:
      return false;
  }
}

/** True where no opcode has another meaning in tapscript. */
function hasNoSuccess(script: Uint8Array): boolean {
  const reader = new ScriptReader(script);
  while (reader.next()) if (isOpSuccess(reader.opcode)) return false;
  return true;
}

function canWrapInWitness({ type, solutions }: Solution): boolean {
  if (type === "nonstandard" || type === "pubkeyhash") return true;
  if (type !== "multisig" && type !== "pubkey") return false;
  // Uncompressed keys may not stand in a witness script; single bytes are counts, not keys.
  return solutions.every((part) => part.length === 1 || part.length === 33);
}

function witnessScript(script: Uint8Array, { type, solutions }: Solution): Uint8Array {
  const [first = script] = solutions;
  if (type === "pubkey") return scriptOf(OP_0, hash160(first));
  if (type === "pubkeyhash") return scriptOf(OP_0, first);
  return scriptOf(OP_0, sha256(script));
}
