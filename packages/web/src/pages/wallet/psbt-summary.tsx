import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Answer } from "../../parts/answer.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useRpc } from "../../query.ts";

interface DecodedPsbt {
  readonly tx?: { readonly vout: readonly Output[] };
  readonly inputs: readonly unknown[];
  readonly outputs: readonly {
    readonly amount?: number;
    readonly script?: Output["scriptPubKey"];
  }[];
  readonly fee?: number;
}

interface Output {
  readonly value: number;
  readonly scriptPubKey: { readonly address?: string; readonly asm?: string };
}

interface Analysis {
  readonly next?: string;
  readonly fee?: number;
  readonly estimated_feerate?: number;
  readonly error?: string;
}

const ROLES: { readonly [role: string]: string } = {
  creator: "it is empty",
  updater: "what its coins are must be added",
  signer: "it must be signed",
  finalizer: "all have signed",
  extractor: "it is ready to be sent",
};

/** Whom a PSBT pays, what is ours of it, what it costs and what it still needs. */
export function PsbtSummary({
  wallet,
  psbt,
}: {
  readonly wallet: string;
  readonly psbt: string;
}): JSX.Element {
  const decoded = useRpc<DecodedPsbt>("decodepsbt", [psbt]);
  const analysis = useRpc<Analysis>("analyzepsbt", [psbt]).value;
  return (
    <Answer query={decoded}>
      {(value) => (
        <div class="stack">
          {analysis?.error !== undefined && <Notice kind="error">{analysis.error}</Notice>}
          <ul class="history">
            {outputsOf(value).map((output, at) => (
              <OutputLine key={at} wallet={wallet} output={output} />
            ))}
          </ul>
          <Facts
            items={[
              ["Coins spent", String(value.inputs.length)],
              ["Fee", <Fee key="fee" fee={value.fee ?? analysis?.fee} />],
              ["Next", ROLES[analysis?.next ?? ""] ?? analysis?.next ?? "–"],
            ]}
          />
        </div>
      )}
    </Answer>
  );
}

function Fee({ fee }: { readonly fee: number | undefined }): JSX.Element {
  if (fee === undefined) return <span>It does not say what its coins are worth.</span>;
  return <Amount sats={satsOf(fee)} />;
}

/** Outputs of either version: version 2 states them beside the maps. BIP370 */
function outputsOf({ tx, outputs }: DecodedPsbt): readonly Output[] {
  if (tx !== undefined) return tx.vout;
  return outputs.map(({ amount = 0, script = {} }) => ({ value: amount, scriptPubKey: script }));
}

interface AddressInfo {
  readonly ismine: boolean;
  readonly ischange?: boolean;
}

function OutputLine({
  wallet,
  output,
}: {
  readonly wallet: string;
  readonly output: Output;
}): JSX.Element {
  const { address, asm } = output.scriptPubKey;
  const info = useRpc<AddressInfo>("getaddressinfo", [address], {
    wallet,
    skip: address === undefined,
  }).value;
  return (
    <li class="history-entry">
      <div>
        <code class="address">{address ?? asm}</code>
        {info?.ismine === true && (
          <Badge kind="good">{info.ischange === true ? "your change" : "yours"}</Badge>
        )}
      </div>
      <div class="history-side">
        <Amount sats={satsOf(output.value)} />
      </div>
    </li>
  );
}
