import { solveScript } from "@compeer/protocol/script/solver";

/** Kind of an address, by its name in bitcoind's calls. Core: src/outputtype.h. */
export type OutputType = "legacy" | "p2sh-segwit" | "bech32" | "bech32m";

export const OUTPUT_TYPES: readonly OutputType[] = ["legacy", "p2sh-segwit", "bech32", "bech32m"];

/** The kind that a name means; null when it means none. Core: ParseOutputType. */
export function parseOutputType(name: string): OutputType | null {
  return OUTPUT_TYPES.find((type) => type === name) ?? null;
}

/** The kind of address that stands for a script; null when none does. */
export function outputTypeOf(script: Uint8Array): OutputType | null {
  switch (solveScript(script).type) {
    case "pubkeyhash":
      return "legacy";
    case "scripthash":
      return "p2sh-segwit";
    case "witness_v0_keyhash":
    case "witness_v0_scripthash":
      return "bech32";
    case "witness_v1_taproot":
      return "bech32m";
    default:
      return null;
  }
}
