import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Field } from "../../parts/field.tsx";
import { Link } from "../../parts/link.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { download } from "./download.ts";
import { createWithDescriptors } from "./import-descriptors.ts";
import { OwnKeys } from "./own-keys.tsx";
import { keysOf, type Sharing, sharedDescriptor, sharingWords } from "./shared-descriptor.ts";
import { walletHref } from "./wallet-href.ts";

interface Made {
  readonly name: string;
  readonly descriptor: string;
}

/** A wallet that several people spend from together: keys in, a descriptor out that each of them keeps. */
export function SharedWalletPage(): JSX.Element {
  const made = useSignal<Made | null>(null);
  return (
    <Page
      title="Share a wallet"
      lead="Everybody brings a key; nobody shows a secret. Each signs with his own wallet."
    >
      {made.value === null ? <Builder onMade={setter(made)} /> : <Result made={made.value} />}
    </Page>
  );
}

function Builder({ onMade }: { onMade(made: Made): void }): JSX.Element {
  const name = useSignal("shared");
  const keys = useSignal("");
  const needed = useSignal("2");
  const rescuer = useSignal("");
  const blocks = useSignal("52560");
  const action = useAction();
  const sharing: Sharing = {
    needed: Number(needed.value),
    keys: keys.value,
    rescuer: rescuer.value,
    rescueBlocks: Number(blocks.value),
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(async () => {
      const text = sharedDescriptor(sharing);
      const { checksum } = await rpc<{ checksum: string }>("getdescriptorinfo", [text]);
      const descriptor = `${text}#${checksum}`;
      const request = { desc: descriptor, active: true, range: [0, 999], timestamp: "now" };
      await createWithDescriptors(name.value.trim(), [request], false);
      onMade({ name: name.value.trim(), descriptor });
    });
  };
  return (
    <Card title="Who shares it" call={{ method: "importdescriptors" }}>
      <form class="stack" onSubmit={submit}>
        <Field
          label="Keys of all, one a line"
          multiline
          mono
          value={keys.value}
          hint="Extended public keys with their origin: [d34db33f/48h/0h/0h/2h]xpub…"
          onInput={setter(keys)}
        />
        <OwnKeys
          onKey={(key) => {
            if (!keysOf(keys.value).includes(key))
              keys.value = `${keys.value.trim()}\n${key}`.trim();
          }}
        />
        <Field
          label="Signatures needed"
          inputMode="numeric"
          value={needed.value}
          onInput={setter(needed)}
        />
        <details>
          <summary>If keys are lost</summary>
          <div class="stack">
            <Field
              label="Key of a rescuer"
              mono
              value={rescuer.value}
              hint="It can spend alone what nobody moved for so long. Empty: nobody can."
              onInput={setter(rescuer)}
            />
            <Field
              label="Blocks that must have passed"
              inputMode="numeric"
              value={blocks.value}
              hint="144 are about a day; at most 65535."
              onInput={setter(blocks)}
            />
          </div>
        </details>
        <Field label="Name" value={name.value} onInput={setter(name)} />
        {keysOf(keys.value).length > 1 && <p aria-live="polite">{sharingWords(sharing)}</p>}
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        <p class="row">
          <Button kind="primary" type="submit" busy={action.busy}>
            Make the wallet
          </Button>
        </p>
      </form>
    </Card>
  );
}

function Result({ made }: { readonly made: Made }): JSX.Element {
  const { name, descriptor } = made;
  return (
    <Card title="Give this to everybody who shares it">
      <div class="stack">
        <Notice kind="warning">
          Without this descriptor the keys alone find nothing. Each of you keeps a copy, and makes
          the same wallet of it with Watch without keys.
        </Notice>
        <code class="address">{descriptor}</code>
        <p class="row">
          <Copy text={descriptor} label="the descriptor" words="Copy" />
          <Button onClick={() => download(`${name}-descriptor.txt`, `${descriptor}\n`)}>
            Save as a file
          </Button>
        </p>
        <p>
          A payment is made in this wallet, and goes as a file, text or code from one to the next:
          each opens it in his own wallet under Sign, and the last one sends it.
        </p>
        <p>
          <Link href={walletHref(name)}>Open the wallet</Link>
        </p>
      </div>
    </Card>
  );
}
