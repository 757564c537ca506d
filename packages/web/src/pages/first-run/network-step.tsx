import type { JSX } from "preact";
import { Badge } from "../../parts/badge.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Notice } from "../../parts/notice.tsx";
import { session } from "../../state/session.ts";
import { purpose } from "./purpose.ts";

interface Choice {
  readonly chain: string;
  readonly title: string;
  readonly more: string;
  readonly option: string;
}

const CHOICES: readonly Choice[] = [
  {
    chain: "main",
    title: "Bitcoin",
    more: "The real one. Coins have a price.",
    option: "-chain=main",
  },
  {
    chain: "testnet4",
    title: "Testnet 4",
    more: "Public, and without value. Its blocks are mined by anybody.",
    option: "-chain=testnet4",
  },
  {
    chain: "signet",
    title: "Signet",
    more: "Public, without value, with blocks at a steady pace. Or one of your community's own.",
    option: "-chain=signet",
  },
  {
    chain: "regtest",
    title: "A ledger of your own",
    more: "On this machine alone, with blocks when you say so (regtest).",
    option: "",
  },
];

/** Which chain this peer follows, and how to start one on another: each has its own directory. */
export function NetworkStep(): JSX.Element {
  const running = session.value?.chain ?? "main";
  const proposed = purpose.value === "develop" ? "regtest" : "main";
  return (
    <div class="stack">
      <ul class="history">
        {CHOICES.map(({ chain, title, more, option }) => (
          <li key={chain} class="history-entry">
            <div>
              <strong>{title}</strong>
              <span class="muted">{more}</span>
            </div>
            <div class="history-side">
              {chain === running ? (
                <Badge kind="good">running now</Badge>
              ) : (
                <StartCommand option={option} />
              )}
              {chain === proposed && chain !== running && (
                <Badge kind="info">fits what you want</Badge>
              )}
            </div>
          </li>
        ))}
      </ul>
      <Notice kind="info">
        Peers of different networks run side by side, each with its own page. Nothing of one is in
        the other.
      </Notice>
    </div>
  );
}

function StartCommand({ option }: { readonly option: string }): JSX.Element {
  const command = ["compeer", "start", option].filter(Boolean).join(" ");
  return (
    <span class="row">
      <code>{command}</code>
      <Copy text={command} label="the command" />
    </span>
  );
}
