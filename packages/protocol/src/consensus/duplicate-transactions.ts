import type { Network } from "../bitcoin/network.ts";
import { equalBytes } from "../bytes/compare.ts";
import { parseHash } from "../bytes/hash.ts";
import type { ChainPoint } from "./chain-point.ts";

/** From here on, coinbases of before BIP34 could come again. Core: BIP34_IMPLIES_BIP30_LIMIT. */
const BIP34_IMPLIES_BIP30_LIMIT = 1_983_702;

/** The two blocks of main whose coinbase overwrote an unspent one. Core: IsBIP30Repeat. */
const REPEATS: readonly { readonly height: number; readonly hash: Uint8Array }[] = [
  {
    height: 91_842,
    hash: parseHash("00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec"),
  },
  {
    height: 91_880,
    hash: parseHash("00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721"),
  },
];

/**
 * Must a block be searched for transactions that overwrite unspent coins of the same txid (BIP30,
 * CVE-2012-1909)? Where BIP34 makes coinbases unique the costly search is left out.
 */
export function needsDuplicateCheck(
  height: number,
  hash: Uint8Array,
  parent: ChainPoint,
  network: Network,
): boolean {
  if (height >= BIP34_IMPLIES_BIP30_LIMIT) return true;
  if (isDuplicateAllowed(height, hash)) return false;
  const activation = parent.ancestor(network.bip34Height);
  if (activation === null || network.bip34Hash === null) return true;
  return !equalBytes(activation.hash, network.bip34Hash);
}

/** True for the two blocks that may overwrite coins. */
function isDuplicateAllowed(height: number, hash: Uint8Array): boolean {
  return REPEATS.some((repeat) => repeat.height === height && equalBytes(repeat.hash, hash));
}
