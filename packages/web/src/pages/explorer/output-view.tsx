import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { satsOf, shortenHash } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Link } from "../../parts/link.tsx";
import { useRpc } from "../../query.ts";
import { ScriptText } from "./script-view.tsx";
import { outputWords } from "./script-words.ts";
import type { OutputJson } from "./transaction-json.ts";

interface OutputViewProps {
  readonly txid: string;
  readonly output: OutputJson;
}

/** An output: whom it pays, what it asks for, and whether somebody has spent it. */
export function OutputView({ txid, output }: OutputViewProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { scriptPubKey, n } = output;
  const name =
    scriptPubKey.address ?? (scriptPubKey.type === "nulldata" ? "Data" : scriptPubKey.type);
  return (
    <details class="io" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="io-index">{n}</span>
        <span class="io-name">{shortenHash(name, 10)}</span>
        <Amount sats={satsOf(output.value)} />
      </summary>
      {open ? <OutputDetails txid={txid} output={output} /> : null}
    </details>
  );
}

function OutputDetails({ txid, output }: OutputViewProps): JSX.Element {
  const { scriptPubKey, n } = output;
  const words = dataWords(scriptPubKey.type, scriptPubKey.asm);
  return (
    <div class="stack io-body">
      <p class="muted">{outputWords(scriptPubKey.type)}</p>
      {words === null ? null : <p>“{words}”</p>}
      <Facts
        items={[
          scriptPubKey.type === "nulldata" ? null : ["State", <Spent key="s" txid={txid} n={n} />],
          scriptPubKey.address === undefined
            ? null
            : [
                "Address",
                <Link key="a" class="mono" href={`/address/${scriptPubKey.address}`}>
                  {scriptPubKey.address}
                </Link>,
              ],
        ]}
      />
      <ScriptText asm={scriptPubKey.asm} hex={scriptPubKey.hex} />
    </div>
  );
}

interface Spender {
  readonly spendingtxid?: string;
}

function Spent({ txid, n }: { readonly txid: string; readonly n: number }): JSX.Element {
  const coin = useRpc<object | null>("gettxout", [txid, n, true], { topics: ["tip", "mempool"] });
  const spenders = useRpc<readonly Spender[]>("gettxspendingprevout", [[{ txid, vout: n }]], {
    skip: coin.value !== null,
  });
  if (coin.value === undefined) return <span class="muted">…</span>;
  if (coin.value !== null) return <Badge kind="good">Unspent</Badge>;
  const spender = spenders.value?.[0]?.spendingtxid;
  if (spender === undefined) return <Badge>Spent</Badge>;
  return (
    <span class="row end">
      <Badge kind="warning">Being spent</Badge>{" "}
      <Hash value={spender} href={`/tx/${spender}`} label="txid" />
    </span>
  );
}

/** The letters that an output of data carries; null when it carries none. */
function dataWords(type: string, asm: string): string | null {
  if (type !== "nulldata") return null;
  const hex = asm.split(" ").slice(1).join("");
  const pairs = /^([0-9a-f]{2}){5,}$/.test(hex) ? (hex.match(/../g) ?? []) : [];
  const bytes = Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}]+$/u.test(text) ? text : null;
  } catch {
    return null;
  }
}
