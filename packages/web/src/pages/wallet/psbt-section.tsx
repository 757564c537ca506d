import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { may } from "../../state/session.ts";
import { CameraScan } from "./camera-scan.tsx";
import { FilePick } from "./file-pick.tsx";
import { NeedsKeys } from "./needs-keys.tsx";
import { PsbtSummary } from "./psbt-summary.tsx";
import { psbtText } from "./psbt-text.ts";
import { PsbtView } from "./psbt-view.tsx";
import { SendDone, type Sent } from "./send-done.tsx";
import type { SectionProps } from "./wallet-section.ts";

/** Transactions that several sign, or that are signed on a device: in by paste, file or camera, and out again. */
export function PsbtSection({ wallet, info }: SectionProps): JSX.Element {
  const text = useSignal("");
  const psbt = useSignal<string | null>(null);
  const sent = useSignal<Sent | null>(null);
  const take = (bytesOrText: string | Uint8Array): void => {
    psbt.value = psbtText(bytesOrText);
    text.value = psbt.value;
  };
  const reading = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    reading.run(async () => take(text.value));
  };
  const sign = async (): Promise<void> => {
    const signed = await rpc<{ psbt: string }>("walletprocesspsbt", { psbt: psbt.value }, wallet);
    psbt.value = signed.psbt;
  };
  const current = psbt.value;
  if (sent.value !== null)
    return (
      <Card title="Sent">
        <SendDone
          wallet={wallet}
          sent={sent.value}
          onAgain={() => {
            sent.value = null;
            psbt.value = null;
            text.value = "";
          }}
        />
      </Card>
    );
  return (
    <>
      <Card title="Sign a transaction" call={{ method: "walletprocesspsbt", wallet }}>
        <form class="stack" onSubmit={submit}>
          <Field
            label="PSBT"
            multiline
            mono
            value={text.value}
            hint="Base64 as other wallets give it, a .psbt file, or a code before the camera."
            onInput={(value) => {
              text.value = value;
              reading.clear();
            }}
          />
          <div class="row">
            <Button type="submit" kind="primary" disabled={text.value.trim() === ""}>
              Read it
            </Button>
            <FilePick
              label="Open a file"
              accept=".psbt,.txt"
              onFile={(file) =>
                reading.run(async () => take(new Uint8Array(await file.arrayBuffer())))
              }
            />
            <CameraScan onText={(code) => reading.run(async () => take(code))} />
          </div>
          {reading.error !== null && <Notice kind="error">{reading.error}</Notice>}
        </form>
      </Card>
      {current !== null && (
        <Card title="What it does" call={{ method: "decodepsbt", params: [current] }}>
          <div class="stack">
            <PsbtSummary wallet={wallet} psbt={current} />
            <div class="row">
              {info.private_keys_enabled && may("spend") && (
                <NeedsKeys wallet={wallet} info={info} kind="primary" title="Sign it" work={sign}>
                  Sign
                </NeedsKeys>
              )}
              <SendIt
                psbt={current}
                onSent={(txid) => {
                  sent.value = { complete: true, txid };
                }}
              />
            </div>
            <PsbtView psbt={current} name="transaction" />
          </div>
        </Card>
      )}
    </>
  );
}

interface SendItProps {
  readonly psbt: string;
  onSent(txid: string): void;
}

function SendIt({ psbt, onSent }: SendItProps): JSX.Element {
  const action = useAction();
  const send = (): void =>
    action.run(async () => {
      const { complete, hex } = await rpc<{ complete: boolean; hex?: string }>("finalizepsbt", [
        psbt,
      ]);
      if (!complete) throw new Error("Signatures are missing still.");
      onSent(await rpc<string>("sendrawtransaction", [hex]));
    });
  return (
    <>
      <Button busy={action.busy} onClick={send}>
        Finish and send
      </Button>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </>
  );
}
