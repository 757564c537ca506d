import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { formatFeerate, formatWeight } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Answer } from "../../parts/answer.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useRpc } from "../../query.ts";

interface Template {
  readonly height: number;
  readonly previousblockhash: string;
  /** Satoshis. */
  readonly coinbasevalue: number;
  readonly weightlimit?: number;
  readonly target: string;
  readonly transactions: readonly TemplateTransaction[];
}

interface TemplateTransaction {
  readonly txid: string;
  /** Satoshis. */
  readonly fee: number;
  readonly weight: number;
}

const PARAMS = [{ rules: ["segwit"] }];
const SIGNET_PARAMS = [{ rules: ["segwit", "signet"] }];
const SHOWN = 50;

/** What a miner would be given to work on now. */
export function TemplateCard(): JSX.Element {
  const open = useSignal(false);
  return (
    <Card title="The next block" call={{ method: "getblocktemplate", params: PARAMS }}>
      {open.value ? (
        <TemplateView />
      ) : (
        <p class="row">
          <Button
            onClick={() => {
              open.value = true;
            }}
          >
            Show what would be in it
          </Button>
        </p>
      )}
    </Card>
  );
}

function TemplateView(): JSX.Element {
  const chain = useRpc<{ chain: string }>("getblockchaininfo").value?.chain;
  const params = chain === "signet" ? SIGNET_PARAMS : PARAMS;
  const options = { topics: ["tip"] as const, skip: chain === undefined };
  const query = useRpc<Template>("getblocktemplate", params, options);
  return (
    <Answer query={query}>
      {(template) => {
        const { transactions } = template;
        const fees = transactions.reduce((sum, { fee }) => sum + fee, 0);
        const weight = transactions.reduce((sum, transaction) => sum + transaction.weight, 0);
        return (
          <div class="stack">
            <Facts
              items={[
                ["Height", String(template.height)],
                ["Upon", <Hash key="on" value={template.previousblockhash} label="hash" />],
                ["Reward", <Amount key="reward" sats={template.coinbasevalue} />],
                ["Fees in it", <Amount key="fees" sats={fees} />],
                ["Transactions", String(transactions.length)],
                ["Weight", formatWeight(weight)],
                ["Target", <Hash key="target" value={template.target} label="target" />],
              ]}
            />
            <Table
              caption="First transactions of the next block"
              columns={COLUMNS}
              rows={transactions.slice(0, SHOWN)}
              keyOf={({ txid }) => txid}
              empty="No transaction waits."
            />
          </div>
        );
      }}
    </Answer>
  );
}

const COLUMNS: readonly Column<TemplateTransaction>[] = [
  {
    head: "Transaction",
    cell: ({ txid }) => <Hash value={txid} href={`/tx/${txid}`} label="txid" />,
  },
  { head: "Fee", cell: ({ fee }) => <Amount sats={fee} />, align: "end" },
  {
    head: "sat/vB",
    cell: ({ fee, weight }) => formatFeerate((fee * 4) / weight),
    align: "end",
  },
  { head: "Weight", cell: ({ weight }) => formatWeight(weight), align: "end", hide: "narrow" },
];
