import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Button } from "../../parts/button.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { type Outpoint, outpointKey } from "./wallet-json.ts";

interface Props {
  readonly wallet: string;
  readonly coins: readonly Outpoint[];
  onChange(): void;
}

/** Coins that are kept out of every payment until they are thawed. */
export function FrozenCoins({ wallet, coins, onChange }: Props): JSX.Element {
  if (coins.length === 0)
    return <p class="muted">None. A frozen coin is in no payment until you thaw it.</p>;
  return (
    <ul class="history">
      {coins.map((coin) => (
        <FrozenCoin key={outpointKey(coin)} wallet={wallet} coin={coin} onChange={onChange} />
      ))}
    </ul>
  );
}

interface CoinProps {
  readonly wallet: string;
  readonly coin: Outpoint;
  onChange(): void;
}

function FrozenCoin({ wallet, coin, onChange }: CoinProps): JSX.Element {
  const { txid, vout } = coin;
  const output = useRpc<{ value: number } | null>("gettxout", [txid, vout]);
  const action = useAction();
  const thaw = (): void =>
    action.run(async () => {
      await rpc("lockunspent", { unlock: true, transactions: [{ txid, vout }] }, wallet);
      onChange();
    });
  return (
    <li class="history-entry">
      <div>
        <Hash value={txid} href={`/tx/${txid}`} />:{vout}
      </div>
      <div class="history-side">
        {output.value && <Amount sats={satsOf(output.value.value)} />}
        <Button busy={action.busy} onClick={thaw}>
          Thaw
        </Button>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      </div>
    </li>
  );
}
