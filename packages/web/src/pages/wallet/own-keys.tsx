import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { wallets } from "../../state/wallets.ts";
import { ownKey } from "./shared-descriptor.ts";
import { walletTitle } from "./wallet-href.ts";

/** The public keys of this peer's wallets, to be put where keys are asked for. */
export function OwnKeys({ onKey }: { onKey(key: string): void }): JSX.Element {
  const action = useAction();
  const add = (wallet: string): void =>
    action.run(async () => {
      const found = await rpc<{ descriptors: readonly { desc: string }[] }>(
        "listdescriptors",
        [],
        wallet,
      );
      const key = ownKey(found.descriptors);
      if (key === null) throw new Error(`${walletTitle(wallet)} has no key that could be shared.`);
      onKey(key);
    });
  return (
    <>
      <div class="row">
        {(wallets.value ?? []).map((name) => (
          <Button key={name} busy={action.busy} onClick={() => add(name)}>
            Add the key of {walletTitle(name)}
          </Button>
        ))}
      </div>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </>
  );
}
