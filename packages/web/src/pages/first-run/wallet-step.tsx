import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { may } from "../../state/session.ts";
import { wallets } from "../../state/wallets.ts";
import { endWelcome } from "./welcomed.ts";

/** A wallet now, or later. */
export function WalletStep(): JSX.Element {
  const names = wallets.value ?? [];
  if (!may("spend")) return <Notice kind="info">This page was opened for looking only.</Notice>;
  return (
    <div class="stack">
      {names.length > 0 ? (
        <Notice kind="good">You have one already: {names.join(", ")}.</Notice>
      ) : (
        <p>
          A wallet makes your keys here and shows you twelve words. Have paper ready: the words are
          all that brings the coins back.
        </p>
      )}
      <div class="row">
        <Button
          kind={names.length > 0 ? "plain" : "primary"}
          onClick={() => endWelcome("/wallets/new")}
        >
          Create a wallet
        </Button>
        <Button onClick={() => endWelcome("/wallets/restore")}>Restore one</Button>
        <Button onClick={() => endWelcome("/wallets/watch")}>Watch one</Button>
      </div>
      <p class="muted">Or later: the wallet page has all of this.</p>
    </div>
  );
}
