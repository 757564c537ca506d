import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Link } from "../../parts/link.tsx";
import { Notice } from "../../parts/notice.tsx";
import { PsbtView } from "./psbt-view.tsx";
import { walletHref } from "./wallet-href.ts";

/** Answer of `send`. */
export interface Sent {
  readonly complete: boolean;
  readonly txid?: string;
  readonly psbt?: string;
}

interface Props {
  readonly wallet: string;
  readonly sent: Sent;
  onAgain(): void;
}

/** The payment is on its way, or waits for those who have the keys. */
export function SendDone({ wallet, sent, onAgain }: Props): JSX.Element {
  const { complete, txid, psbt } = sent;
  return (
    <div class="stack">
      {complete && txid !== undefined && (
        <>
          <Notice kind="good">On its way to everybody.</Notice>
          <p>
            <Hash value={txid} href={walletHref(wallet, "tx", txid)} kept={0} label="txid" />
          </p>
        </>
      )}
      {!complete && psbt !== undefined && (
        <>
          <Notice kind="info">
            This wallet has not all the keys. Let the other signers sign it, then bring it to{" "}
            <Link href={walletHref(wallet, "psbt")}>Sign</Link>.
          </Notice>
          <PsbtView psbt={psbt} name="payment" />
        </>
      )}
      <p class="row">
        <Button onClick={onAgain}>Another payment</Button>
        <Link href={walletHref(wallet)}>History</Link>
      </p>
    </div>
  );
}
