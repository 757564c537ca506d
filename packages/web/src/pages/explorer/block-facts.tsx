import type { JSX } from "preact";
import {
  formatBytes,
  formatCount,
  formatFeerate,
  formatShare,
  formatWeight,
} from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Time } from "../../parts/time.tsx";
import { type BlockJson, coinbaseWords } from "./block-json.ts";

/** Weight that fills a block (BIP141). */
const FULL_WEIGHT = 4_000_000;

interface BlockFactsProps {
  readonly block: BlockJson;
  /** As `getblockstats` gives them; missing for a pruned block. */
  readonly statistics: Readonly<Record<string, number | number[]>> | undefined;
  readonly coinbase: string | null;
}

/** What a block is, in numbers. */
export function BlockFacts({ block, statistics, coinbase }: BlockFactsProps): JSX.Element {
  const count = (name: string): number | null => {
    const value = statistics?.[name];
    return typeof value === "number" ? value : null;
  };
  const subsidy = count("subsidy");
  const fees = count("totalfee");
  const moved = count("total_out");
  const words = coinbase === null ? null : coinbaseWords(coinbase);
  const { feerate_percentiles: rates } = statistics ?? {};
  return (
    <Facts
      items={[
        ["Mined", <Time key="t" seconds={block.time} exact />],
        ["Transactions", formatCount(block.nTx)],
        [
          "Weight",
          `${formatWeight(block.weight)} · ${formatShare(block.weight / FULL_WEIGHT)} full`,
        ],
        ["Size", formatBytes(block.size)],
        moved === null ? null : ["Moved", <Amount key="m" sats={moved} />],
        subsidy === null ? null : ["New coins", <Amount key="s" sats={subsidy} />],
        fees === null ? null : ["Fees", <Amount key="f" sats={fees} />],
        Array.isArray(rates) && block.nTx > 1
          ? ["Feerates, 10th to 90th of 100", `${feerate(rates[0])} to ${feerate(rates[4])} sat/vB`]
          : null,
        words === null ? null : ["The miner wrote", words],
        ["Difficulty", formatCount(Number(block.difficulty.toPrecision(6)))],
        ["Target, nonce", <span key="n" class="mono">{`${block.bits}, ${block.nonce}`}</span>],
        ["Version", <span key="v" class="mono">{`0x${block.versionHex}`}</span>],
        ["Merkle root", <Hash key="r" value={block.merkleroot} label="merkle root" />],
        ["Work up to here", <span key="w" class="mono">{`2^${workBits(block.chainwork)}`}</span>],
      ]}
    />
  );
}

function feerate(rate: number | undefined): string {
  return formatFeerate(rate ?? 0);
}

/** Exponent of two of a number in hex, with one place. */
function workBits(hex: string): string {
  const digits = hex.replace(/^0+/, "");
  const lead = Number.parseInt(digits.slice(0, 12), 16);
  const rest = Math.max(0, digits.length - 12) * 4;
  return (Math.log2(lead) + rest).toFixed(1);
}
