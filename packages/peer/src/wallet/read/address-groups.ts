import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { latin1, latin1Bytes } from "../script-key.ts";
import type { Wallet } from "../wallet.ts";
import type { WalletTransaction } from "../wallet-transaction.ts";
import { isChange } from "./transaction-amounts.ts";

/**
 * Addresses of the wallet, in groups that anybody can tell to have one owner: they were spent together,
 * or one was the change of the others. Core: GetAddressGroupings.
 */
export function addressGroups(wallet: Wallet): readonly (readonly string[])[] {
  const groups = new Groups();
  for (const transaction of wallet.ledger.inOrder()) {
    const spent = spentScripts(wallet, transaction);
    const change = spent.length === 0 ? [] : changeScripts(wallet, transaction);
    groups.join([...spent, ...change].map(latin1));
    for (const { script } of transaction.outputs) groups.join([latin1(script)]);
  }
  return groups
    .list()
    .map((group) => addressesOf(wallet, group))
    .filter((group) => group.length > 0);
}

function addressesOf({ network }: Wallet, keys: readonly string[]): string[] {
  return keys
    .map((key) => formatAddress(latin1Bytes(key), network))
    .filter((address) => address !== null)
    .sort();
}

/** Of the coins that are ours. */
function spentScripts(wallet: Wallet, transaction: WalletTransaction): Uint8Array[] {
  if (!transaction.fromMe) return [];
  const view = transaction.view();
  const scripts: Uint8Array[] = [];
  for (let i = 0; i < view.inputCount; i++) {
    const output = wallet.ledger.output(view.prevTxid(i), view.prevIndex(i));
    if (output !== undefined) scripts.push(output.script);
  }
  return scripts;
}

function changeScripts(wallet: Wallet, transaction: WalletTransaction): Uint8Array[] {
  return transaction.outputs
    .map(({ script }) => script)
    .filter((script) => isChange(wallet, script));
}

/** Sets that are merged as soon as they have a member in common. */
class Groups {
  readonly #groupOf = new Map<string, Set<string>>();

  join(members: readonly string[]): void {
    const [first] = members;
    if (first === undefined) return;
    let group = this.#groupOf.get(first) ?? new Set<string>();
    for (const member of members) {
      const other = this.#groupOf.get(member) ?? new Set([member]);
      if (other === group) continue;
      const [small, large] = other.size < group.size ? [other, group] : [group, other];
      for (const each of small) {
        large.add(each);
        this.#groupOf.set(each, large);
      }
      group = large;
      this.#groupOf.set(member, group);
    }
  }

  list(): string[][] {
    return [...new Set(this.#groupOf.values())].map((group) => [...group]);
  }
}

/** What each address holds of coins that nobody could take back. Core: GetAddressBalances. */
export function addressBalances(wallet: Wallet): Map<string, Sats> {
  const { ledger, network } = wallet;
  const sums = new Map<string, Sats>();
  for (const { transaction, script, value, depth } of ledger.coins()) {
    if (!ledger.isTrusted(transaction) || ledger.isImmature(transaction)) continue;
    if (depth < (transaction.fromMe ? 0 : 1)) continue;
    const key = latin1(script);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  const balances = new Map<string, Sats>();
  for (const [key, sum] of sums) {
    const address = formatAddress(latin1Bytes(key), network);
    if (address !== null) balances.set(address, sum);
  }
  return balances;
}
