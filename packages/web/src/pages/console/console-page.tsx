import { signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Page } from "../../parts/page.tsx";
import { Select } from "../../parts/select.tsx";
import { useRpc } from "../../query.ts";
import { setter } from "../../state/setter.ts";
import { currentWallet, wallets } from "../../state/wallets.ts";
import { SettingsLinks } from "../settings/settings-links.tsx";
import { CommandField } from "./command-field.tsx";
import { methodsOfHelp } from "./method-names.ts";
import { runLine } from "./run-line.ts";

interface Exchange {
  readonly id: number;
  readonly line: string;
  /** Null while the peer works on it. */
  readonly answer: string | null;
  readonly failed: boolean;
}

const KEPT = 100;

/** What was asked while this page is open. It is kept nowhere else: passphrases may be in it. */
const exchanges = signal<readonly Exchange[]>([]);
let lastId = 0;

/** Every method of the peer, as bitcoin-cli calls them. */
export function ConsolePage(): JSX.Element {
  const help = useRpc<string>("help");
  const wallet = useSignal(currentWallet.value ?? "");
  const names = wallets.value ?? [];
  const end = useRef<HTMLDivElement>(null);
  const last = exchanges.value.at(-1);
  useEffect(() => {
    if (last !== undefined) end.current?.scrollIntoView({ block: "nearest" });
  }, [last?.id, last?.answer]);
  return (
    <Page title="Console">
      <SettingsLinks />
      <Card
        title="Ask the peer"
        actions={
          exchanges.value.length > 0 && (
            <Button
              kind="quiet"
              onClick={() => {
                exchanges.value = [];
              }}
            >
              Clear
            </Button>
          )
        }
      >
        <div class="stack">
          {exchanges.value.length === 0 && (
            <p class="muted">
              Type a method as you would after bitcoin-cli: <code>getblockcount</code>,{" "}
              <code>help getblock</code>. Never type what somebody else told you to: a wallet can be
              emptied from here.
            </p>
          )}
          <div class="exchanges" role="log" aria-label="Answers">
            {exchanges.value.map((exchange) => (
              <ExchangeView key={exchange.id} exchange={exchange} />
            ))}
            <div ref={end} />
          </div>
          <CommandField
            methods={methodsOfHelp(help.value ?? "")}
            history={exchanges.value.map(({ line }) => line)}
            onLine={(line) => void ask(line, names.length === 0 ? null : wallet.value)}
          />
          {names.length > 1 && (
            <Select
              label="Wallet"
              value={wallet.value}
              options={names.map((name) => ({
                value: name,
                label: name || "Wallet without a name",
              }))}
              onChange={setter(wallet)}
            />
          )}
        </div>
      </Card>
    </Page>
  );
}

function ExchangeView({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const { line, answer, failed } = exchange;
  return (
    <div class="exchange">
      <p class="mono">
        <span aria-hidden="true">› </span>
        {line}
      </p>
      {answer === null ? (
        <p class="muted">Working on it…</p>
      ) : (
        <div class="code">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre class={failed ? "failed" : undefined} tabIndex={0}>
            {answer}
          </pre>
          <Copy text={answer} label="the answer" />
        </div>
      )}
    </div>
  );
}

async function ask(line: string, wallet: string | null): Promise<void> {
  const id = ++lastId;
  exchanges.value = [...exchanges.value, { id, line, answer: null, failed: false }].slice(-KEPT);
  const { answer, failed } = await runLine(line, wallet).then(
    (text) => ({ answer: text, failed: false }),
    (failure: unknown) => ({ answer: wordsOf(failure), failed: true }),
  );
  exchanges.value = exchanges.value.map((exchange) =>
    exchange.id === id ? { ...exchange, answer, failed } : exchange,
  );
}

function wordsOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
