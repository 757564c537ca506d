import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Qr } from "../../parts/qr.tsx";
import { Select } from "../../parts/select.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { paymentLink } from "./payment-link.ts";
import { ReceivedOn } from "./received-on.tsx";
import { typedAmount } from "./typed-amount.ts";
import type { SectionProps } from "./wallet-section.ts";

const TYPES = [
  { value: "bech32", label: "SegWit (bc1q…)" },
  { value: "bech32m", label: "Taproot (bc1p…)" },
  { value: "p2sh-segwit", label: "For old payers (3…)" },
  { value: "legacy", label: "For very old payers (1…)" },
];

/** A new address for every payment, with a code and a link that may name the amount. */
export function ReceiveSection({ wallet }: SectionProps): JSX.Element {
  const address = useSignal<string | null>(null);
  const label = useSignal("");
  const amount = useSignal("");
  const type = useSignal<string>("bech32");
  const action = useAction();
  const asked = typedAmount(amount.value);
  const submit = (event: Event): void => {
    event.preventDefault();
    const wanted = { label: label.value, address_type: type.value };
    action.run(async () => {
      address.value = await rpc<string>("getnewaddress", wanted, wallet);
    });
  };
  return (
    <Card title="Receive" call={{ method: "getnewaddress", params: [label.value], wallet }}>
      <form class="stack" onSubmit={submit}>
        <Field
          label="What for"
          value={label.value}
          hint="You alone see it here; in the link the payer sees it too."
          onInput={setter(label)}
        />
        <Field
          label="Amount in bitcoin, if it is fixed"
          inputMode="decimal"
          value={amount.value}
          error={amount.value === "" ? undefined : (asked.error ?? undefined)}
          onInput={setter(amount)}
        />
        <Select
          label="Kind of address"
          value={type.value}
          options={TYPES}
          onChange={setter(type)}
        />
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        <p class="row">
          <Button kind="primary" type="submit" busy={action.busy}>
            {address.value === null ? "New address" : "Another address"}
          </Button>
        </p>
      </form>
      {address.value !== null && (
        <Request address={address.value} sats={asked.sats} label={label.value} wallet={wallet} />
      )}
    </Card>
  );
}

interface RequestProps {
  readonly wallet: string;
  readonly address: string;
  readonly sats: number | null;
  readonly label: string;
}

function Request({ wallet, address, sats, label }: RequestProps): JSX.Element {
  const link = paymentLink(address, sats, label);
  return (
    <div class="stack receive">
      <Qr text={link} label={`Code that asks for a payment to ${address}`} />
      <p class="row">
        <code class="address">{address}</code>
        <Copy text={address} label="Copy the address" />
      </p>
      <p class="row">
        <code class="address">{link}</code>
        <Copy text={link} label="Copy the link" />
      </p>
      <ReceivedOn wallet={wallet} address={address} />
    </div>
  );
}
