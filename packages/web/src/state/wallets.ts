import { type Signal, signal } from "@preact/signals";
import { onTopic } from "../live.ts";
import { rpc } from "../rpc.ts";
import { may } from "./session.ts";
import { read, write } from "./stored.ts";

const REMEMBERED = "wallet";

/** Names of the loaded wallets; null until they are known. */
export const wallets: Signal<readonly string[] | null> = signal(null);

/** The wallet that the page shows; null when there is none. */
export const currentWallet: Signal<string | null> = signal(null);

/** Asks again which wallets are loaded, and keeps the current one when it still is. */
export async function reloadWallets(): Promise<void> {
  if (!may("wallet")) return;
  const names = await rpc<readonly string[]>("listwallets").catch(() => []);
  wallets.value = names;
  const wanted = currentWallet.value ?? read(REMEMBERED);
  currentWallet.value = names.find((name) => name === wanted) ?? names[0] ?? null;
}

/** Keeps the list at what is loaded, and remembers the reader's choice. */
export function followWallets(): void {
  currentWallet.subscribe((name) => {
    if (name !== null) write(REMEMBERED, name);
  });
  onTopic("wallet", (data) => {
    const { wallet } = data as { wallet: string };
    if (!wallets.value?.includes(wallet)) void reloadWallets();
  });
  void reloadWallets();
}
