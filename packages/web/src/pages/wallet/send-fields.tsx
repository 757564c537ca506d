import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { formatBitcoins, satsOf } from "../../format.ts";
import { Button } from "../../parts/button.tsx";
import { Check } from "../../parts/check.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { fees } from "../../state/chain.ts";
import { ChosenCoins } from "./chosen-coins.tsx";
import { FeeChoice } from "./fee-choice.tsx";
import { RecipientFields } from "./recipient-fields.tsx";
import { type Recipient, type SendArguments, type SendForm, sendArguments } from "./send-form.ts";
import { type Balances, type Coin, outpointKey } from "./wallet-json.ts";

interface Props {
  readonly wallet: string;
  readonly form: Signal<SendForm>;
  onReview(params: SendArguments): Promise<void>;
}

/** Who gets what, at which fee, from which coins. */
export function SendFields({ wallet, form, onReview }: Props): JSX.Element {
  const tried = useSignal(false);
  const action = useAction();
  const { recipients, subtractFee, coins } = form.value;
  const change = (part: Partial<SendForm>): void => {
    action.clear();
    form.value = { ...form.value, ...part };
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const params = sendArguments(form.value, fees.value);
    tried.value = true;
    if (params !== null) action.run(() => onReview(params));
  };
  const sendAll = (recipient: Recipient): void =>
    action.run(async () => {
      const sats = await spendable(wallet, form.value);
      const amount = formatBitcoins(sats).replace(/\s/g, "");
      change({ recipients: [{ ...recipient, amount }], subtractFee: true });
    });
  return (
    <form class="stack" onSubmit={submit}>
      {recipients.map((recipient, at) => (
        <RecipientFields
          key={recipient.id}
          recipient={recipient}
          number={recipients.length > 1 ? at + 1 : null}
          showFaults={tried.value}
          onChange={(next) =>
            change({ recipients: recipients.map((one) => (one.id === next.id ? next : one)) })
          }
          onAll={recipients.length === 1 ? () => sendAll(recipient) : null}
          onRemove={
            recipients.length === 1
              ? null
              : () => change({ recipients: recipients.filter(({ id }) => id !== recipient.id) })
          }
        />
      ))}
      <p class="row">
        <Button onClick={() => change({ recipients: [...recipients, nextRecipient(recipients)] })}>
          Another recipient
        </Button>
      </p>
      <ChosenCoins wallet={wallet} coins={coins} onClear={() => change({ coins: [] })} />
      <FeeChoice form={form.value} showFaults={tried.value} onChange={change} />
      <Check
        label="Take the fee out of the amount"
        checked={subtractFee}
        onChange={(checked) => change({ subtractFee: checked })}
      />
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      <p class="row">
        <Button kind="primary" type="submit" busy={action.busy}>
          Review
        </Button>
      </p>
    </form>
  );
}

function nextRecipient(recipients: readonly Recipient[]): Recipient {
  const last = recipients.reduce((highest, { id }) => Math.max(highest, id), 0);
  return { id: last + 1, address: "", amount: "" };
}

/** All that the wallet would spend, or all of the coins picked by hand. */
async function spendable(wallet: string, { coins }: SendForm): Promise<number> {
  if (coins.length === 0) {
    const { mine } = await rpc<Balances>("getbalances", [], wallet);
    return satsOf(mine.trusted);
  }
  const chosen = new Set(coins.map(outpointKey));
  const all = await rpc<readonly Coin[]>("listunspent", { minconf: 0 }, wallet);
  return all
    .filter((coin) => chosen.has(outpointKey(coin)))
    .reduce((sum, coin) => sum + satsOf(coin.amount), 0);
}
