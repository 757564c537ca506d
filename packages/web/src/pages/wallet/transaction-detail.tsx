import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Answer } from "../../parts/answer.tsx";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Link } from "../../parts/link.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { useRpc } from "../../query.ts";
import { LabelEditor } from "./label-editor.tsx";
import { Standing } from "./standing.tsx";
import { TransactionActions } from "./transaction-actions.tsx";
import { categoryWords } from "./transaction-words.ts";
import { walletHref } from "./wallet-href.ts";
import type { WalletTransaction } from "./wallet-json.ts";
import type { SectionProps } from "./wallet-section.ts";

/** One transaction as the wallet sees it, and what can still be done about it. */
export function TransactionDetail(props: SectionProps & { readonly txid: string }): JSX.Element {
  const { wallet, info, txid } = props;
  const topics = ["wallet", "tip"] as const;
  const query = useRpc<WalletTransaction>("gettransaction", { txid }, { topics, wallet });
  return (
    <Card title="Transaction" call={{ method: "gettransaction", params: [txid], wallet }}>
      <p>
        <Link href={walletHref(wallet)}>Back to the history</Link>
      </p>
      <Answer query={query}>
        {(transaction) => (
          <div class="stack">
            <TransactionFacts wallet={wallet} transaction={transaction} />
            <Parts wallet={wallet} transaction={transaction} onChange={query.reload} />
            <TransactionActions wallet={wallet} info={info} transaction={transaction} />
          </div>
        )}
      </Answer>
    </Card>
  );
}

interface TransactionProps {
  readonly wallet: string;
  readonly transaction: WalletTransaction;
}

function TransactionFacts({ wallet, transaction }: TransactionProps): JSX.Element {
  const { txid, amount, fee, blockhash, blocktime, comment, replaced_by_txid } = transaction;
  const [first] = transaction.details;
  const standing = {
    confirmations: transaction.confirmations,
    ...(first === undefined ? {} : { category: first.category }),
    ...(first?.abandoned === undefined ? {} : { abandoned: first.abandoned }),
    ...(replaced_by_txid === undefined ? {} : { replaced_by_txid }),
  };
  return (
    <>
      <Facts
        items={[
          ["State", <Standing key="state" entry={standing} />],
          ["Balance", <Amount key="amount" sats={satsOf(amount)} signed />],
          fee === undefined ? null : ["Fee", <Amount key="fee" sats={-satsOf(fee)} />],
          ["Seen", <Time key="time" seconds={transaction.timereceived} />],
          blocktime === undefined ? null : ["Mined", <Time key="mined" seconds={blocktime} />],
          blockhash === undefined
            ? null
            : ["Block", <Hash key="block" value={blockhash} href={`/block/${blockhash}`} />],
          ["Transaction", <Hash key="txid" value={txid} href={`/tx/${txid}`} label="txid" />],
          comment === undefined ? null : ["Note", comment],
        ]}
      />
      {replaced_by_txid !== undefined && (
        <Notice kind="info">
          Replaced by{" "}
          <Hash value={replaced_by_txid} href={walletHref(wallet, "tx", replaced_by_txid)} />
        </Notice>
      )}
    </>
  );
}

interface PartsProps extends TransactionProps {
  onChange(): void;
}

function Parts({ wallet, transaction, onChange }: PartsProps): JSX.Element {
  return (
    <ul class="history">
      {transaction.details.map((part) => (
        <li key={`${part.category}${part.vout}`} class="history-entry">
          <div>
            {categoryWords(part.category)}
            {part.address !== undefined && (
              <>
                <Hash
                  value={part.address}
                  href={`/address/${part.address}`}
                  kept={10}
                  label="address"
                />
                <LabelEditor
                  wallet={wallet}
                  address={part.address}
                  label={part.label ?? ""}
                  onChange={onChange}
                />
              </>
            )}
          </div>
          <div class="history-side">
            <Amount sats={satsOf(part.amount)} signed />
          </div>
        </li>
      ))}
    </ul>
  );
}
