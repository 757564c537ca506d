import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Output } from "@compeer/protocol/bitcoin/transaction";
import type { Wallet } from "../wallet.ts";

/** True for an output of ours whose address was never given out. Core: OutputIsChange. */
export function isChangeOutput(wallet: Wallet, { script }: Output): boolean {
  if (wallet.find(script) === null) return false;
  const address = formatAddress(script, wallet.network);
  return address === null || wallet.labels.get(address) === undefined;
}
