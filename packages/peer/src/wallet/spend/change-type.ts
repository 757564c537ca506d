import { solveScript } from "@compeer/protocol/script/solver";
import type { OutputType } from "../output-type.ts";
import type { Wallet } from "../wallet.ts";

/**
 * Kind of the change of a payment: the one that is set, else one that looks like what is paid, so that
 * change does not stand out. Core: TransactionChangeType.
 */
export function changeTypeFor(
  { options, descriptors }: Pick<Wallet, "options" | "descriptors">,
  wanted: OutputType | null,
  scripts: readonly Uint8Array[],
): OutputType {
  const fixed = wanted ?? options.changeType;
  if (fixed !== null) return fixed;
  if (options.addressType === "legacy") return "legacy";
  const has = (type: OutputType) =>
    descriptors.some((each) => each.active && each.internal === true && each.type === type);
  const paid = new Set(scripts.map((script) => solveScript(script).type));
  if (has("bech32m") && paid.has("witness_v1_taproot")) return "bech32m";
  if (has("bech32") && paid.has("witness_v0_keyhash")) return "bech32";
  if (has("p2sh-segwit") && paid.has("scripthash")) return "p2sh-segwit";
  if (has("legacy") && paid.has("pubkeyhash")) return "legacy";
  if (has("bech32m")) return "bech32m";
  return has("bech32") ? "bech32" : options.addressType;
}
