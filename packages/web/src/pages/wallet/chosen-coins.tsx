import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Link } from "../../parts/link.tsx";
import { walletHref } from "./wallet-href.ts";
import type { Outpoint } from "./wallet-json.ts";

interface Props {
  readonly wallet: string;
  readonly coins: readonly Outpoint[];
  onClear(): void;
}

/** Which coins a payment takes. */
export function ChosenCoins({ wallet, coins, onClear }: Props): JSX.Element {
  if (coins.length === 0)
    return (
      <p class="muted">
        The wallet chooses the coins.{" "}
        <Link href={walletHref(wallet, "coins")}>Choose them yourself</Link>
      </p>
    );
  return (
    <p class="row">
      <span>{coins.length === 1 ? "One coin" : `${coins.length} coins`}, chosen by you.</span>
      <Button onClick={onClear}>Let the wallet choose</Button>
    </p>
  );
}
