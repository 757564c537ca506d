import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Field } from "../../parts/field.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Select } from "../../parts/select.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { type MiningState, mining } from "../../state/chain.ts";
import { may } from "../../state/session.ts";
import { setter } from "../../state/setter.ts";
import { currentWallet, wallets } from "../../state/wallets.ts";
import { NetworkLinks } from "./network-links.tsx";
import { TemplateCard } from "./template-card.tsx";

interface MiningInfo {
  readonly blocks: number;
  readonly difficulty: number;
  readonly networkhashps: number;
  readonly pooledtx: number;
  readonly chain: string;
}

/** Mining with this machine where that is meant to be, and the block that would come next. */
export function MiningPage(): JSX.Element {
  const info = useRpc<MiningInfo>("getmininginfo", [], { topics: ["tip"] }).value;
  const asked = useRpc<MiningState>("getmining", [], { topics: ["mining"] });
  const state = mining.value ?? asked.value;
  return (
    <Page title="Mining">
      <NetworkLinks />
      {state?.available === false && (
        <Notice kind="info">
          This peer mines on regtest and on a signet of its own. Elsewhere a processor finds no
          block in a lifetime; machines that can take their work from getblocktemplate.
        </Notice>
      )}
      {state?.available === true && may("spend") && <MiningCard state={state} />}
      {info !== undefined && (
        <Card title="The chain as a miner sees it" call={{ method: "getmininginfo" }}>
          <Facts
            items={[
              ["Network", info.chain],
              ["Height", String(info.blocks)],
              ["Difficulty", info.difficulty.toPrecision(4)],
              ["All miners together", `${info.networkhashps.toPrecision(3)} hashes a second`],
              ["Transactions that wait", String(info.pooledtx)],
            ]}
          />
        </Card>
      )}
      <TemplateCard />
    </Page>
  );
}

function MiningCard({ state }: { readonly state: MiningState }): JSX.Element {
  const names = wallets.value ?? [];
  const wallet = useSignal(currentWallet.value ?? names[0] ?? "");
  const address = useSignal("");
  const seconds = useSignal(String(state.interval > 0 ? state.interval : 10));
  const action = useAction();
  const reward = async (): Promise<string> => {
    if (address.value.trim() !== "") return address.value.trim();
    if (names.length === 0) throw new Error("Say to whom, or create a wallet first.");
    return rpc<string>("getnewaddress", { label: "mining" }, wallet.value);
  };
  const mine = (count: number): void =>
    action.run(async () => {
      await rpc("generatetoaddress", [count, await reward()]);
    });
  const start = (): void =>
    action.run(async () => {
      const interval = Number(seconds.value);
      if (!(interval >= 1 && interval <= 86_400))
        throw new Error("Say how many seconds, 1 or more.");
      await rpc("setmining", [true, interval, await reward()]);
    });
  const stop = (): void =>
    action.run(async () => {
      await rpc("setmining", [false]);
    });
  return (
    <Card title="Mine with this machine" call={{ method: "setmining", params: [true, 10] }}>
      <div class="stack">
        {names.length > 0 && (
          <Select
            label="Reward to the wallet"
            value={wallet.value}
            options={names.map((name) => ({ value: name, label: name || "Wallet without a name" }))}
            onChange={setter(wallet)}
          />
        )}
        <Field
          label={names.length > 0 ? "Or to an address" : "Reward to the address"}
          mono
          value={address.value}
          onInput={setter(address)}
        />
        <div class="row">
          <Button kind="primary" busy={action.busy} onClick={() => mine(1)}>
            Mine a block now
          </Button>
          <Button busy={action.busy} onClick={() => mine(101)}>
            Mine 101
          </Button>
        </div>
        <p class="muted">A reward can be spent when a hundred blocks stand on it: mine 101 once.</p>
        <div class="row end-aligned">
          <Field
            label="One block every"
            suffix="seconds"
            inputMode="numeric"
            value={seconds.value}
            onInput={setter(seconds)}
          />
          {state.on ? (
            <Button kind="danger" busy={action.busy} onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button busy={action.busy} onClick={start}>
              Start
            </Button>
          )}
        </div>
        <div aria-live="polite" class="stack">
          {state.on && (
            <p>
              Mining one block every {state.interval} seconds, {state.found} found.
            </p>
          )}
          {state.last !== null && (
            <p>
              Last found: <Hash value={state.last} href={`/block/${state.last}`} label="hash" />
            </p>
          )}
          {state.error !== null && <Notice kind="error">{state.error}</Notice>}
          {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        </div>
      </div>
    </Card>
  );
}
