import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount, satsOf, shortenHash } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Link } from "../../parts/link.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Progress } from "../../parts/progress.tsx";
import { Qr } from "../../parts/qr.tsx";
import { Table } from "../../parts/table.tsx";
import { useRpc } from "../../query.ts";
import type { PageProps } from "../../route.ts";
import { type CoinScan, useCoinScan } from "./coin-scan.ts";
import { outputWords } from "./script-words.ts";

interface ValidAddress {
  readonly isvalid: boolean;
  readonly scriptPubKey?: string;
  readonly error?: string;
}

/** An address or a descriptor, and the unspent coins that it holds. */
export function AddressPage({ params }: PageProps): JSX.Element {
  const { id = "" } = params;
  const isDescriptor = id.includes("(");
  const check = useRpc<ValidAddress>("validateaddress", [id], { skip: isDescriptor });
  const wrong = !isDescriptor && check.value?.isvalid === false;
  return (
    <Page
      title={isDescriptor ? "Descriptor" : "Address"}
      lead={
        <Hash
          value={id}
          kept={isDescriptor ? 16 : 0}
          label={isDescriptor ? "descriptor" : "address"}
        />
      }
    >
      {wrong ? (
        <Notice kind="error" title="This is no address of this network">
          {check.value?.error}
        </Notice>
      ) : isDescriptor || check.value !== undefined ? (
        <div class="split address-split">
          <Coins target={isDescriptor ? id : `addr(${id})`} />
          {isDescriptor ? null : (
            <AboutAddress address={id} script={check.value?.scriptPubKey ?? ""} />
          )}
        </div>
      ) : (
        <Loading lines={5} />
      )}
    </Page>
  );
}

function Coins({ target }: { readonly target: string }): JSX.Element {
  const { scan, start, stop } = useCoinScan(target);
  return (
    <Card title="Unspent coins" call={{ method: "scantxoutset", params: ["start", [target]] }}>
      {scan.state === "idle" ? (
        <>
          <p class="muted">
            This peer keeps no index of addresses. It can look through all unspent coins for this
            one, which takes a few minutes on a large chain.
          </p>
          <div>
            <Button kind="primary" onClick={start}>
              Look for its coins
            </Button>
          </div>
        </>
      ) : scan.state === "running" ? (
        <>
          <Progress share={scan.progress} label="Looking through all unspent coins" />
          <div class="row between">
            <span class="muted">Looking through all unspent coins</span>
            <Button onClick={stop}>Stop</Button>
          </div>
        </>
      ) : scan.state === "failed" ? (
        <Notice kind="error" actions={<Button onClick={start}>Try again</Button>}>
          {scan.problem}
        </Notice>
      ) : (
        <Found scan={scan} again={start} />
      )}
    </Card>
  );
}

function Found({
  scan,
  again,
}: {
  readonly scan: Extract<CoinScan, { state: "done" }>;
  readonly again: () => void;
}): JSX.Element {
  const { unspents, total_amount, height } = scan.result;
  return (
    <>
      <p class="big-number">
        <Amount sats={satsOf(total_amount)} />
      </p>
      <p class="muted">
        {formatCount(unspents.length)} unspent {unspents.length === 1 ? "coin" : "coins"} at block{" "}
        {formatCount(height)}. Coins that were spent are not listed.{" "}
        <button type="button" class="text-button" onClick={again}>
          Look again
        </button>
      </p>
      <Table
        caption="Unspent coins"
        empty="No unspent coins here."
        rows={unspents}
        keyOf={({ txid, vout }) => `${txid}:${vout}`}
        columns={[
          {
            head: "Coin",
            cell: ({ txid, vout, blockhash }) => (
              <Link class="mono" href={`/tx/${txid}?block=${blockhash}`} title={`${txid}:${vout}`}>
                {shortenHash(txid, 6)}:{vout}
              </Link>
            ),
          },
          {
            head: "Block",
            hide: "narrow",
            cell: ({ height: made }) => <Link href={`/block/${made}`}>{formatCount(made)}</Link>,
          },
          {
            head: "Kind",
            hide: "narrow",
            cell: ({ coinbase }) => (coinbase ? <Badge>mined</Badge> : ""),
          },
          { head: "Amount", align: "end", cell: ({ amount }) => <Amount sats={satsOf(amount)} /> },
        ]}
      />
    </>
  );
}

function AboutAddress({
  address,
  script,
}: {
  readonly address: string;
  readonly script: string;
}): JSX.Element {
  const decoded = useRpc<{ type: string; asm: string }>("decodescript", [script], {
    skip: script === "",
  });
  const [shown, setShown] = useState(false);
  useEffect(() => setShown(false), [address]);
  return (
    <Card title="About it" call={{ method: "validateaddress", params: [address] }}>
      {decoded.value === undefined ? null : <p>{outputWords(decoded.value.type)}</p>}
      <Facts
        items={[
          decoded.value === undefined ? null : ["Type", decoded.value.type],
          ["Script", <Hash key="s" value={script} label="script" kept={10} />],
        ]}
      />
      {shown ? (
        <Qr text={`bitcoin:${address}`} label={`QR code of ${address}`} />
      ) : (
        <div>
          <Button onClick={() => setShown(true)}>Show as QR code</Button>
        </div>
      )}
    </Card>
  );
}
