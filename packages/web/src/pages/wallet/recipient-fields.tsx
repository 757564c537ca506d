import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { type Recipient, recipientFaults } from "./send-form.ts";

interface Props {
  readonly recipient: Recipient;
  /** Which one, where there are several. */
  readonly number: number | null;
  readonly showFaults: boolean;
  onChange(recipient: Recipient): void;
  readonly onAll: (() => void) | null;
  readonly onRemove: (() => void) | null;
}

interface PaymentLink {
  readonly address: string;
  readonly amount?: number | string;
}

/** One recipient. A payment link in place of the address fills in both fields. */
export function RecipientFields(props: Props): JSX.Element {
  const { recipient, number, showFaults, onChange, onAll, onRemove } = props;
  const reading = useAction();
  const faults = recipientFaults(recipient);
  const name = number === null ? "" : ` ${number}`;
  const setAddress = (text: string): void => {
    reading.clear();
    onChange({ ...recipient, address: text });
    if (!/^bitcoin:/i.test(text.trim())) return;
    reading.run(async () => {
      const link = await rpc<PaymentLink>("decodepaymentlink", [text.trim()]);
      const amount = link.amount === undefined ? recipient.amount : plainAmount(link.amount);
      onChange({ ...recipient, address: link.address, amount });
    });
  };
  return (
    <fieldset class="recipient">
      <legend>{number === null ? "Recipient" : `Recipient ${number}`}</legend>
      <Field
        label={`Address${name}`}
        mono
        value={recipient.address}
        hint="An address or a payment link (bitcoin:…)."
        error={reading.error ?? (showFaults ? faults.address : null)}
        onInput={setAddress}
      />
      <Field
        label={`Amount${name}`}
        inputMode="decimal"
        suffix="BTC"
        value={recipient.amount}
        error={showFaults ? faults.amount : null}
        onInput={(amount) => onChange({ ...recipient, amount })}
      />
      <p class="row">
        {onAll !== null && <Button onClick={onAll}>All there is</Button>}
        {onRemove !== null && (
          <Button label={`Remove recipient ${number}`} onClick={onRemove}>
            Remove
          </Button>
        )}
      </p>
    </fieldset>
  );
}

function plainAmount(amount: number | string): string {
  return typeof amount === "string" ? amount : amount.toFixed(8).replace(/\.?0+$/, "");
}
