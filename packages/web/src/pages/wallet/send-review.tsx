import type { JSX } from "preact";
import { formatFeerate, formatVbytes, formatWeight, satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { rpc } from "../../rpc.ts";
import { NeedsKeys } from "./needs-keys.tsx";
import type { Sent } from "./send-done.tsx";
import type { SendArguments } from "./send-form.ts";
import { previewWarnings, type SendPreview } from "./send-preview.ts";
import { SendSavings } from "./send-savings.tsx";
import type { WalletInfo } from "./wallet-json.ts";

interface Props {
  readonly wallet: string;
  readonly info: WalletInfo;
  readonly params: SendArguments;
  readonly preview: SendPreview;
  onSent(sent: Sent): void;
  onBack(): void;
}

/** Everything that will happen, before it does. Sending takes the very coins that are shown. */
export function SendReview({ wallet, info, params, preview, onSent, onBack }: Props): JSX.Element {
  const send = async (): Promise<void> =>
    onSent(await rpc<Sent>("send", exactly(params, preview), wallet));
  return (
    <div class="stack">
      <ul class="history">
        {preview.outputs.map(({ address, amount, change }, at) => (
          <li key={at} class="history-entry">
            <div>
              <code class="address">{address ?? "a script without an address"}</code>
              {change && <Badge kind="good">back to you</Badge>}
            </div>
            <div class="history-side">
              <Amount sats={satsOf(amount)} />
            </div>
          </li>
        ))}
      </ul>
      <Cost preview={preview} />
      <SendSavings preview={preview} />
      {previewWarnings(preview).map((warning) => (
        <Notice key={warning} kind="warning">
          {warning}
        </Notice>
      ))}
      <div class="row">
        <NeedsKeys wallet={wallet} info={info} kind="primary" title="Send the payment" work={send}>
          {info.private_keys_enabled ? "Send" : "Make it, to sign elsewhere"}
        </NeedsKeys>
        <Button onClick={onBack}>Change something</Button>
      </div>
    </div>
  );
}

function Cost({ preview }: { readonly preview: SendPreview }): JSX.Element {
  const { fee, fee_rate, vsize, inputs, outputs, mempool } = preview;
  const paid = outputs
    .filter(({ change }) => !change)
    .reduce((sum, { amount }) => sum + satsOf(amount), 0);
  return (
    <Facts
      items={[
        ["They get", <Amount key="paid" sats={paid} />],
        ["Fee", <Amount key="fee" sats={satsOf(fee)} />],
        ["In all", <Amount key="all" sats={paid + satsOf(fee)} />],
        ["Rate", `${formatFeerate(fee_rate)} sat/vB for ${formatVbytes(vsize)}`],
        ["Place", placeWords(mempool)],
        ["Coins it takes", String(inputs.length)],
      ]}
    />
  );
}

function placeWords({ block, weight_ahead }: SendPreview["mempool"]): string {
  const when = block === 1 ? "In the next block" : `In coming block ${block}`;
  return weight_ahead === 0
    ? `${when}, at its head`
    : `${when}, behind ${formatWeight(weight_ahead)}`;
}

/** The payment with the coins of the preview, so that what was looked over is what is sent. */
function exactly(params: SendArguments, { inputs }: SendPreview): SendArguments {
  const chosen = inputs.map(({ txid, vout }) => ({ txid, vout }));
  return { ...params, options: { ...params.options, inputs: chosen, add_inputs: false } };
}
