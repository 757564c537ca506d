import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { NeedsKeys } from "./needs-keys.tsx";
import type { SectionProps } from "./wallet-section.ts";

/** Proves that an address is yours, or checks that one is another's. */
export function MessagesSection(props: SectionProps): JSX.Element {
  return (
    <div class="split">
      {props.info.private_keys_enabled && <SignCard {...props} />}
      <VerifyCard />
    </div>
  );
}

function SignCard({ wallet, info }: SectionProps): JSX.Element {
  const address = useSignal("");
  const message = useSignal("");
  const signature = useSignal<string | null>(null);
  const sign = async (): Promise<void> => {
    signature.value = null;
    const where = address.value.trim();
    const method = isOldAddress(where) ? "signmessage" : "signmessagebip322";
    signature.value = await rpc<string>(method, [where, message.value], wallet);
  };
  return (
    <Card title="Sign a message" call={{ method: "signmessagebip322", wallet }}>
      <div class="stack">
        <Field label="Your address" mono value={address.value} onInput={setter(address)} />
        <Field label="Message" multiline value={message.value} onInput={setter(message)} />
        <div class="row">
          <NeedsKeys
            wallet={wallet}
            info={info}
            kind="primary"
            title="Sign the message"
            disabled={address.value.trim() === ""}
            work={sign}
          >
            Sign
          </NeedsKeys>
        </div>
        {signature.value !== null && (
          <p class="row" aria-live="polite">
            <code class="address">{signature.value}</code>
            <Copy text={signature.value} label="the signature" />
          </p>
        )}
      </div>
    </Card>
  );
}

function VerifyCard(): JSX.Element {
  const address = useSignal("");
  const message = useSignal("");
  const signature = useSignal("");
  const verdict = useSignal<boolean | null>(null);
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    verdict.value = null;
    action.run(async () => {
      const params = [address.value.trim(), signature.value.trim(), message.value];
      verdict.value = (await rpc<{ valid: boolean }>("verifymessagebip322", params)).valid;
    });
  };
  return (
    <Card title="Check a message" call={{ method: "verifymessagebip322" }}>
      <form class="stack" onSubmit={submit}>
        <Field label="Their address" mono value={address.value} onInput={setter(address)} />
        <Field label="Their message" multiline value={message.value} onInput={setter(message)} />
        <Field label="Signature" mono value={signature.value} onInput={setter(signature)} />
        <p class="row">
          <Button type="submit" kind="primary" busy={action.busy}>
            Check
          </Button>
        </p>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {verdict.value === true && <Notice kind="good">They have the key of this address.</Notice>}
        {verdict.value === false && (
          <Notice kind="error">This signature is not theirs, or the message was changed.</Notice>
        )}
      </form>
    </Card>
  );
}

/** Addresses that pay to a key's hash are signed for in the old way, which all wallets know. */
function isOldAddress(address: string): boolean {
  return /^[1mn]/.test(address);
}
