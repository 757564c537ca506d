import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Answer } from "../../parts/answer.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Link } from "../../parts/link.tsx";
import { Notice } from "../../parts/notice.tsx";
import { VirtualList } from "../../parts/virtual-list.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { FrozenCoins } from "./frozen-coins.tsx";
import { walletHref } from "./wallet-href.ts";
import { type Coin, type Outpoint, outpointKey } from "./wallet-json.ts";
import type { SectionProps } from "./wallet-section.ts";

/** Pixels of one coin, so that ten thousand of them scroll. */
const ROW_HEIGHT = 68;
const TOPICS = ["wallet", "tip"] as const;

/** Every coin: those that can be spent, picked by hand if wanted, and those that are frozen. */
export function CoinsSection({ wallet }: SectionProps): JSX.Element {
  const params = { minconf: 0, include_unsafe: true };
  const options = { topics: TOPICS, wallet };
  const coins = useRpc<readonly Coin[]>("listunspent", params, options);
  const frozen = useRpc<readonly Outpoint[]>("listlockunspent", [], options);
  const reload = (): void => {
    coins.reload();
    frozen.reload();
  };
  return (
    <>
      <Card title="Coins" call={{ method: "listunspent", params, wallet }}>
        <Answer query={coins}>
          {(list) =>
            list.length === 0 ? (
              <Empty title="No coins to spend" />
            ) : (
              <CoinList wallet={wallet} coins={list} onChange={reload} />
            )
          }
        </Answer>
      </Card>
      <Card title="Frozen" call={{ method: "listlockunspent", wallet }}>
        <Answer query={frozen}>
          {(list) => <FrozenCoins wallet={wallet} coins={list} onChange={reload} />}
        </Answer>
      </Card>
    </>
  );
}

interface ListProps {
  readonly wallet: string;
  readonly coins: readonly Coin[];
  onChange(): void;
}

function CoinList({ wallet, coins, onChange }: ListProps): JSX.Element {
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const action = useAction();
  const picked = coins.filter((coin) => chosen.value.has(outpointKey(coin)));
  const largest = coins.toSorted((a, b) => b.amount - a.amount);
  const toggle = (coin: Coin): void => {
    const key = outpointKey(coin);
    const next = new Set(chosen.value);
    if (!next.delete(key)) next.add(key);
    chosen.value = next;
  };
  const freeze = (): void =>
    action.run(async () => {
      const transactions = picked.map(({ txid, vout }) => ({ txid, vout }));
      await rpc("lockunspent", { unlock: false, transactions, persistent: true }, wallet);
      chosen.value = new Set();
      onChange();
    });
  return (
    <div class="stack">
      <div class="row">
        <span aria-live="polite">
          {picked.length} of {coins.length} chosen,{" "}
          <Amount sats={picked.reduce((sum, coin) => sum + satsOf(coin.amount), 0)} />
        </span>
        {picked.length > 0 && (
          <>
            <Link href={spendHref(wallet, picked)}>Spend these</Link>
            <Button busy={action.busy} onClick={freeze}>
              Freeze
            </Button>
          </>
        )}
      </div>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      <VirtualList
        label="Coins"
        rows={largest}
        height={ROW_HEIGHT}
        row={(coin) => (
          <CoinRow
            coin={coin}
            chosen={chosen.value.has(outpointKey(coin))}
            onToggle={() => toggle(coin)}
          />
        )}
      />
    </div>
  );
}

function spendHref(wallet: string, coins: readonly Coin[]): string {
  return `${walletHref(wallet, "send")}?coins=${coins.map(outpointKey).join(",")}`;
}

interface RowProps {
  readonly coin: Coin;
  readonly chosen: boolean;
  onToggle(): void;
}

function CoinRow({ coin, chosen, onToggle }: RowProps): JSX.Element {
  const { txid, vout, label, address, amount, confirmations, safe, reused } = coin;
  return (
    <div class="coin">
      <input
        type="checkbox"
        checked={chosen}
        aria-label={`Choose coin ${vout} of ${txid.slice(0, 8)}`}
        onChange={onToggle}
      />
      <div class="coin-words">
        <span class="history-label">{label || address}</span>
        <span class="small muted">
          <Hash value={txid} href={`/tx/${txid}`} kept={4} copy={false} />:{vout}{" "}
          {confirmations === 0 ? "unconfirmed" : `${confirmations} deep`}
        </span>
      </div>
      <div class="history-side">
        <Amount sats={satsOf(amount)} />
        <span class="row">
          {!safe && <Badge kind="warning">not safe yet</Badge>}
          {reused && <Badge kind="warning">used address</Badge>}
        </span>
      </div>
    </div>
  );
}
