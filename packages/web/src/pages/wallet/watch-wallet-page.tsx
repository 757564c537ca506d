import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Check } from "../../parts/check.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useAction } from "../../query.ts";
import { go } from "../../router.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import type { ImportRequest } from "./exported-descriptors.ts";
import { createWithDescriptors } from "./import-descriptors.ts";
import { walletHref } from "./wallet-href.ts";
import { type Watched, watchedDescriptors } from "./watched-descriptors.ts";

/** A wallet that sees and cannot spend: for keys that are kept elsewhere. */
export function WatchWalletPage(): JSX.Element {
  const name = useSignal("watched");
  const text = useSignal("");
  const search = useSignal(true);
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(async () => {
      const watched = watchedDescriptors(text.value);
      const requests = await Promise.all(watched.map((one) => importRequest(one, search.value)));
      await createWithDescriptors(name.value.trim(), requests, false);
      go(walletHref(name.value.trim()));
    });
  };
  return (
    <Page title="Watch without keys">
      <Card title="What to watch" call={{ method: "importdescriptors" }}>
        <form class="stack" onSubmit={submit}>
          <Field
            label="Addresses, extended public keys or descriptors"
            value={text.value}
            multiline
            hint="One a line. A signing device shows its extended public key (xpub, tpub)."
            onInput={setter(text)}
          />
          <Field label="Name" value={name.value} onInput={setter(name)} />
          <Check
            label="Search the whole chain for what was paid before"
            checked={search.value}
            onChange={setter(search)}
          />
          {action.error !== null && <Notice kind="error">{action.error}</Notice>}
          <p class="row">
            <Button
              kind="primary"
              type="submit"
              busy={action.busy}
              disabled={text.value.trim() === ""}
            >
              Watch
            </Button>
          </p>
        </form>
      </Card>
    </Page>
  );
}

interface DescriptorInfo {
  readonly descriptor: string;
  readonly checksum: string;
  readonly isrange: boolean;
  readonly hasprivatekeys: boolean;
}

async function importRequest(watched: Watched, search: boolean): Promise<ImportRequest> {
  const info = await rpc<DescriptorInfo>("getdescriptorinfo", { descriptor: watched.descriptor });
  if (info.hasprivatekeys)
    throw new Error("There is a private key in it. Restore that wallet instead of watching it.");
  const body = watched.descriptor.split("#")[0];
  const desc = `${body}#${info.checksum}`;
  const timestamp = search ? 0 : "now";
  if (!info.isrange) return { desc, timestamp };
  // A descriptor with both branches says itself which of them makes the change.
  const branch = watched.internal ? { internal: true } : {};
  return { desc, timestamp, active: watched.active, range: [0, 999], ...branch };
}
