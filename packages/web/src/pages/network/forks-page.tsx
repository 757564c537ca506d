import type { JSX } from "preact";
import { Answer } from "../../parts/answer.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { reorganisation } from "../../state/chain.ts";
import { may } from "../../state/session.ts";
import { type ChainTip, tipWords } from "./chain-tip.ts";
import { NetworkLinks } from "./network-links.tsx";

/** Every end of the chain that this peer knows, and what it holds of it. */
export function ForksPage(): JSX.Element {
  const tips = useRpc<readonly ChainTip[]>("getchaintips", [], { topics: ["tip"] });
  const last = reorganisation.value;
  return (
    <Page
      title="Forks"
      lead="Whoever finds a block tells it to everybody. When two find one at a time, the chain has two ends until the next block decides."
    >
      <NetworkLinks />
      {last !== null && (
        <Notice kind="warning" title="The chain was reorganised">
          {last.reorg === 1 ? "One block was" : `${last.reorg} blocks were`} taken back and replaced
          by a branch with more work, which ends at height {last.height}.
        </Notice>
      )}
      <Card title="Ends of the chain" call={{ method: "getchaintips" }}>
        <Answer query={tips}>
          {(list) => (
            <Table
              caption="All the ends that are known"
              columns={columns(tips.reload)}
              rows={list}
              keyOf={({ hash }) => hash}
            />
          )}
        </Answer>
      </Card>
    </Page>
  );
}

const KINDS = { good: "good", plain: "plain", bad: "bad" } as const;

function columns(onChange: () => void): readonly Column<ChainTip>[] {
  return [
    { head: "Height", cell: ({ height }) => height, align: "end" },
    {
      head: "Block",
      cell: ({ hash }) => <Hash value={hash} href={`/block/${hash}`} label="hash" />,
    },
    { head: "Branch", cell: ({ branchlen }) => branchlen, align: "end", hide: "narrow" },
    {
      head: "State",
      cell: (tip) => {
        const { text, kind } = tipWords(tip);
        return <Badge kind={KINDS[kind]}>{text}</Badge>;
      },
    },
    ...(may("spend")
      ? [{ head: "Change", cell: (tip: ChainTip) => <Judge tip={tip} onChange={onChange} /> }]
      : []),
  ];
}

interface JudgeProps {
  readonly tip: ChainTip;
  onChange(): void;
}

function Judge({ tip, onChange }: JudgeProps): JSX.Element | null {
  const action = useAction();
  const call = (method: string): void =>
    action.run(async () => {
      await rpc(method, [tip.hash]);
      onChange();
    });
  if (action.error !== null) return <Notice kind="error">{action.error}</Notice>;
  if (tip.status === "invalid")
    return (
      <Button busy={action.busy} onClick={() => call("reconsiderblock")}>
        Reconsider
      </Button>
    );
  if (tip.status === "active") return null;
  return (
    <Button busy={action.busy} onClick={() => call("preciousblock")}>
      Prefer
    </Button>
  );
}
