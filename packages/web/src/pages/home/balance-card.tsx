import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Answer } from "../../parts/answer.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Link } from "../../parts/link.tsx";
import { useRpc } from "../../query.ts";
import { may } from "../../state/session.ts";
import { currentWallet } from "../../state/wallets.ts";

interface Balances {
  readonly mine: {
    readonly trusted: number;
    readonly untrusted_pending: number;
    readonly immature: number;
  };
}

/** What the current wallet holds, or the way to a first one. */
export function BalanceCard(): JSX.Element | null {
  const name = currentWallet.value;
  if (!may("wallet")) return null;
  if (name === null) {
    return (
      <Card title="Wallet">
        <Empty
          title="No wallet yet"
          action={
            <Link href="/wallet" class="button primary">
              <Icon name="plus" /> Make or restore one
            </Link>
          }
        >
          Its keys stay on this machine, and nobody stands between you and the network.
        </Empty>
      </Card>
    );
  }
  return <Balance key={name} name={name} />;
}

function Balance({ name }: { readonly name: string }): JSX.Element {
  const balances = useRpc<Balances>("getbalances", [], { wallet: name, topics: ["wallet", "tip"] });
  const href = `/wallet/${encodeURIComponent(name)}`;
  return (
    <Card
      title={name === "" ? "Wallet" : name}
      call={{ method: "getbalances", wallet: name }}
      actions={<Link href={href}>Wallet</Link>}
    >
      <Answer query={balances}>
        {({ mine }) => (
          <>
            <p class="big-number">
              <Amount sats={satsOf(mine.trusted)} />
            </p>
            <Facts
              items={[
                mine.untrusted_pending === 0
                  ? null
                  : ["On its way", <Amount key="p" sats={satsOf(mine.untrusted_pending)} />],
                mine.immature === 0
                  ? null
                  : ["Mined, not ripe yet", <Amount key="i" sats={satsOf(mine.immature)} />],
              ]}
            />
            <div class="row">
              <Link href={`${href}/send`} class="button plain">
                <Icon name="send" /> Send
              </Link>
              <Link href={`${href}/receive`} class="button plain">
                <Icon name="receive" /> Receive
              </Link>
            </div>
          </>
        )}
      </Answer>
    </Card>
  );
}
