import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Link } from "../../parts/link.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Time } from "../../parts/time.tsx";
import { useRpc } from "../../query.ts";
import type { PageProps } from "../../route.ts";
import { BlockFacts } from "./block-facts.tsx";
import { type BlockContent, type BlockJson, type HeaderJson, loadContent } from "./block-json.ts";
import { BlockTransactions } from "./block-transactions.tsx";
import { CheckedBadge } from "./checked-badge.tsx";
import { FeerateScale } from "./feerate-scale.tsx";
import { Squares } from "./squares.tsx";

const FULL_WEIGHT = 4_000_000;

/** One block, named by its hash or its height. */
export function BlockPage({ params }: PageProps): JSX.Element {
  const { id = "" } = params;
  const isHeight = /^\d{1,9}$/.test(id);
  const atHeight = useRpc<string>("getblockhash", [Number(id)], {
    skip: !isHeight,
    topics: ["tip"],
  });
  const hash = isHeight ? atHeight.value : id;
  const block = useRpc<BlockJson>("getblock", [hash ?? "", 1], { skip: hash === undefined });
  const problem = atHeight.error ?? block.error;
  if (block.value === undefined) {
    return (
      <Page title={isHeight ? `Block ${formatCount(Number(id))}` : "Block"}>
        {problem === null ? <Loading lines={6} /> : <NoBlock problem={problem} />}
      </Page>
    );
  }
  return <ShownBlock key={block.value.hash} block={block.value} />;
}

function NoBlock({ problem }: { readonly problem: string }): JSX.Element {
  return (
    <Empty title="This peer has no such block." action={<Link href="/blocks">All blocks</Link>}>
      It said: {problem}
    </Empty>
  );
}

/** A block stays as it is; what stands on it changes with every tip. */
function ShownBlock({ block }: { readonly block: BlockJson }): JSX.Element {
  const { value: header } = useRpc<HeaderJson>("getblockheader", [block.hash], { topics: ["tip"] });
  const { confirmations, nextblockhash } = header ?? block;
  const statistics = useRpc<Readonly<Record<string, number | number[]>>>("getblockstats", [
    block.hash,
  ]);
  const content = useContent(block);
  return (
    <Page
      title={`Block ${formatCount(block.height)}`}
      lead={
        <>
          <CheckedBadge confirmations={confirmations} />
          <Time seconds={block.time} />
          <Hash value={block.hash} label="block hash" />
        </>
      }
      actions={<Neighbours block={block} next={nextblockhash} />}
    >
      <div class="split block-split">
        <Card title="What is in it" call={{ method: "getblock", params: [block.hash, 1] }}>
          {content.problem !== null ? (
            <Notice kind="warning" title="The transactions cannot be shown">
              {content.problem}
            </Notice>
          ) : content.value === null ? (
            <Loading lines={6} />
          ) : (
            <Tabs
              label="Ways to see the block"
              tabs={[
                {
                  id: "picture",
                  title: "Picture",
                  content: () => (
                    <Picture hash={block.hash} content={content.value as BlockContent} />
                  ),
                },
                {
                  id: "list",
                  title: `Transactions (${formatCount(block.nTx)})`,
                  content: () => (
                    <BlockTransactions
                      block={block.hash}
                      transactions={(content.value as BlockContent).transactions}
                    />
                  ),
                },
              ]}
            />
          )}
        </Card>
        <Card title="Facts" call={{ method: "getblockstats", params: [block.hash] }}>
          <BlockFacts
            block={block}
            statistics={statistics.value}
            coinbase={content.value?.coinbase ?? null}
          />
        </Card>
      </div>
    </Page>
  );
}

function Picture({
  hash,
  content,
}: {
  readonly hash: string;
  readonly content: BlockContent;
}): JSX.Element {
  return (
    <div class="stack">
      <Squares
        label="The block's transactions as squares: area is weight, colour is feerate"
        transactions={content.transactions}
        room={FULL_WEIGHT}
        hrefOf={(txid) => `/tx/${txid}?block=${hash}`}
      />
      <FeerateScale />
    </div>
  );
}

function Neighbours({
  block,
  next,
}: {
  readonly block: BlockJson;
  readonly next: string | undefined;
}): JSX.Element {
  return (
    <>
      {block.previousblockhash === undefined ? null : (
        <Link class="button plain" href={`/block/${block.previousblockhash}`}>
          <Icon name="back" /> {formatCount(block.height - 1)}
        </Link>
      )}
      {next === undefined ? null : (
        <Link class="button plain" href={`/block/${next}`}>
          {formatCount(block.height + 1)} <Icon name="arrow" />
        </Link>
      )}
    </>
  );
}

function useContent(block: BlockJson): {
  readonly value: BlockContent | null;
  readonly problem: string | null;
} {
  const [value, setValue] = useState<BlockContent | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    loadContent(block).then(
      (found) => {
        if (current) setValue(found);
      },
      (failure: Error) => {
        if (current) setProblem(failure.message);
      },
    );
    return () => {
      current = false;
    };
  }, [block.hash]);
  return { value, problem };
}
