import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { may } from "../../state/session.ts";
import { download } from "./download.ts";
import { NeedsKeys } from "./needs-keys.tsx";
import type { SectionProps } from "./wallet-section.ts";

interface Descriptors {
  readonly descriptors: readonly { readonly desc: string; readonly active: boolean }[];
}

/** What bitcoind's importdescriptors takes: with public keys to watch, with private ones to spend. */
export function DescriptorsCard({ wallet, info }: SectionProps): JSX.Element {
  const shown = useSignal<Descriptors | null>(null);
  const action = useAction();
  const load = (isPrivate: boolean): Promise<Descriptors> =>
    rpc<Descriptors>("listdescriptors", { private: isPrivate }, wallet);
  const save = async (isPrivate: boolean): Promise<void> => {
    const kind = isPrivate ? "private" : "public";
    download(`${wallet}-${kind}-descriptors.json`, JSON.stringify(await load(isPrivate), null, 2));
  };
  return (
    <Card title="Descriptors" call={{ method: "listdescriptors", wallet }}>
      <div class="stack">
        <p class="muted">How every address is made. bitcoind and others import them as they are.</p>
        <div class="row">
          <Button
            busy={action.busy}
            onClick={() =>
              action.run(async () => {
                shown.value = await load(false);
              })
            }
          >
            Show
          </Button>
          <Button onClick={() => action.run(() => save(false))}>Save, to watch</Button>
          {info.private_keys_enabled && may("spend") && (
            <NeedsKeys
              wallet={wallet}
              info={info}
              kind="danger"
              title="Save the private keys"
              work={() => save(true)}
            >
              Save, with private keys
            </NeedsKeys>
          )}
        </div>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {shown.value !== null && (
          <ul class="plain-list">
            {shown.value.descriptors.map(({ desc }) => (
              <li key={desc}>
                <code class="address">{desc}</code>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
