import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { go } from "../../router.ts";
import { rpc } from "../../rpc.ts";
import { fees } from "../../state/chain.ts";
import { may } from "../../state/session.ts";
import { setter } from "../../state/setter.ts";
import { NeedsKeys } from "./needs-keys.tsx";
import { typedRate } from "./typed-amount.ts";
import { walletHref } from "./wallet-href.ts";
import type { WalletInfo, WalletTransaction } from "./wallet-json.ts";

interface Props {
  readonly wallet: string;
  readonly info: WalletInfo;
  readonly transaction: WalletTransaction;
}

/** What can be done about a transaction that waits; nothing for any other. */
export function TransactionActions({ wallet, info, transaction }: Props): JSX.Element | null {
  const rate = useSignal("");
  const isWaiting = transaction.confirmations === 0 && transaction.replaced_by_txid === undefined;
  const isGivenUp = transaction.details.some(({ abandoned }) => abandoned === true);
  if (!isWaiting || isGivenUp || !info.private_keys_enabled || !may("spend")) return null;
  const { txid } = transaction;
  const isOurs = transaction.fee !== undefined;
  const typed = typedRate(rate.value);
  const wanted = typed === null ? {} : { fee_rate: typed };
  const replace = async (
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    const { txid: made } = await rpc<{ txid: string }>(method, params, wallet);
    go(walletHref(wallet, "tx", made));
  };
  return (
    <section class="stack" aria-label="While it waits">
      <h3>While it waits</h3>
      <p class="muted">
        {isOurs
          ? "A higher fee moves it forward. It can also be called back by paying yourself instead."
          : "You can pull it forward by spending what it brings at a higher fee."}
      </p>
      <Field
        label="Fee rate"
        suffix="sat/vB"
        inputMode="decimal"
        value={rate.value}
        hint={`The next block takes ${fees.value?.next1 ?? "–"} sat/vB. Empty: what is needed.`}
        error={rate.value !== "" && typed === null ? "That is not a rate." : null}
        onInput={setter(rate)}
      />
      <div class="row">
        {isOurs && (
          <NeedsKeys
            wallet={wallet}
            info={info}
            kind="primary"
            title="Raise the fee"
            work={() => replace("bumpfee", { txid, options: wanted })}
          >
            Raise the fee
          </NeedsKeys>
        )}
        {isOurs && (
          <NeedsKeys
            wallet={wallet}
            info={info}
            kind="danger"
            title="Call the payment back"
            work={() => replace("canceltransaction", { txid, options: wanted })}
          >
            Call it back
          </NeedsKeys>
        )}
        {!isOurs && (
          <NeedsKeys
            wallet={wallet}
            info={info}
            kind="primary"
            title="Pull it forward"
            work={() => replace("acceleratetransaction", { txid, options: wanted })}
          >
            Pull it forward
          </NeedsKeys>
        )}
        {isOurs && <GiveUp wallet={wallet} txid={txid} />}
      </div>
    </section>
  );
}

function GiveUp({ wallet, txid }: { readonly wallet: string; readonly txid: string }): JSX.Element {
  const action = useAction();
  return (
    <>
      <Button
        busy={action.busy}
        onClick={() =>
          action.run(async () => {
            await rpc("abandontransaction", { txid }, wallet);
          })
        }
      >
        Give it up
      </Button>
      {action.error !== null && (
        <Notice kind="warning">
          {action.error} Only what no peer has any more can be given up.
        </Notice>
      )}
    </>
  );
}
