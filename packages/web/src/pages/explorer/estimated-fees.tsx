import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { feerateOf, formatDuration, formatFeerate } from "../../format.ts";
import { onTopic } from "../../live.ts";
import { Card } from "../../parts/card.tsx";
import { Table } from "../../parts/table.tsx";
import { rpc } from "../../rpc.ts";
import { feerateColour } from "./feerate-colour.ts";

/** Blocks to wait that people ask for, up to a week. */
const TARGETS = [2, 3, 6, 12, 24, 144, 1008];
const BLOCK_SECONDS = 600;

interface Estimate {
  readonly target: number;
  readonly feerate: number;
}

/** What the last days' confirmations say of feerates; nothing from a peer that has not seen enough. */
export function EstimatedFees(): JSX.Element | null {
  const estimates = useEstimates();
  if (estimates.length === 0) return null;
  return (
    <Card title="Learned from past blocks" call={{ method: "estimatesmartfee", params: [6] }}>
      <Table
        caption="Estimated feerates"
        rows={estimates}
        keyOf={({ target }) => target}
        columns={[
          { head: "Within blocks", cell: ({ target }) => String(target) },
          {
            head: "About",
            hide: "narrow",
            cell: ({ target }) => formatDuration(target * BLOCK_SECONDS),
          },
          {
            head: "sat/vB",
            align: "end",
            cell: ({ feerate }) => (
              <>
                <span class="swatch" style={{ background: feerateColour(feerate) }} />
                {formatFeerate(feerate)}
              </>
            ),
          },
        ]}
      />
      <p class="muted small">The coming blocks tell what waits now, these what waited before.</p>
    </Card>
  );
}

function useEstimates(): readonly Estimate[] {
  const [estimates, setEstimates] = useState<readonly Estimate[]>([]);
  useEffect(() => {
    let current = true;
    const ask = (): void => {
      void Promise.all(TARGETS.map(estimate)).then((found) => {
        if (current) setEstimates(found.filter((one) => one !== null));
      });
    };
    ask();
    const stop = onTopic("tip", ask);
    return () => {
      current = false;
      stop();
    };
  }, []);
  return estimates;
}

/** Null where the peer does not know, or does not estimate at all. */
async function estimate(target: number): Promise<Estimate | null> {
  const answer = await rpc<{ feerate?: number }>("estimatesmartfee", [target]).catch(() => null);
  if (answer?.feerate === undefined) return null;
  return { target, feerate: feerateOf(answer.feerate) };
}
