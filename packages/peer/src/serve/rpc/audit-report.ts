import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import type { CoinSummary } from "@compeer/protocol/wire/audit-messages";
import type { BlockNode } from "../../chain/block-node.ts";
import type { CountedCoins } from "../../indexes/coin-audit.ts";
import type { AuditedPeer } from "../../net/audit/audit-peer.ts";
import { standingWords } from "./audit-words.ts";

/** What a compeer's coins are to ours. */
type CoinsVerdict =
  | "agrees"
  | "differs"
  | "other-block"
  | "damaged"
  | "not-kept"
  | "unknown"
  | "busy"
  | "silent"
  | "unreadable"
  | "gone"
  | "not-compared"
  | "not-asked";

const COINS_WORDS: Readonly<Record<CoinsVerdict, string>> = {
  agrees: "has the same coins",
  differs: "has other coins after the same block: one of us is damaged",
  "other-block": "has another block at this height",
  damaged: "says that its own coins are damaged: it must be started again",
  "not-kept": "does not keep its coins of this height",
  unknown: "has no block at this height",
  busy: "may count its coins at another time: ask again in ten minutes",
  silent: "did not answer within 30 seconds",
  unreadable: "gave an answer that means nothing",
  gone: "has hung up",
  "not-compared": "told its coins, and ours are not known",
  "not-asked": "is no compeer: only its headers can be compared",
};

const DIFFERING_COINS: ReadonlySet<CoinsVerdict> = new Set(["differs", "other-block", "damaged"]);
const DIFFERING_HEADERS: ReadonlySet<AuditedPeer["headers"]["state"]> = new Set([
  "less-work",
  "equal-work",
  "more-work",
  "refused",
] as const);

/** What an audit has found. */
export interface AuditFindings {
  readonly node: BlockNode;
  /** Null when the coins here are damaged. */
  readonly counted: CountedCoins | null;
  /** Ours as of `node`; null when they are damaged. */
  readonly ours: CoinSummary | null;
  readonly peers: readonly AuditedPeer[];
  /** What is wrong here; null when nothing is. */
  readonly damage: string | null;
}

/** The answer of auditpeers: each finding by name and in words. */
export function auditReport(findings: AuditFindings): JsonOut {
  const { node, counted, ours, peers, damage } = findings;
  const verdicts = peers.map((peer) => ({ peer, coins: coinsVerdict(peer, node, ours) }));
  const differing = verdicts.filter(
    ({ peer, coins }) => DIFFERING_COINS.has(coins) || DIFFERING_HEADERS.has(peer.headers.state),
  );
  const agreeing = verdicts.filter(({ coins }) => coins === "agrees").length;
  const outcome = damage !== null ? "damaged" : differing.length > 0 ? "differs" : "agreed";
  return {
    outcome,
    height: node.height,
    hash: formatHash(node.hash),
    muhash: ours === null ? undefined : formatHash(ours.hash),
    txouts: ours?.count,
    total_amount: ours === null ? undefined : amountJson(ours.amount),
    compared_with_index: counted?.isCompared ?? false,
    says: [
      selfWords(counted, damage),
      ...summaryWords(agreeing, differing.length, verdicts.length),
      ...aloneWords(
        verdicts.map(({ coins }) => coins),
        damage,
      ),
    ],
    peers: verdicts.map(({ peer, coins }) => peerJson(peer, coins)),
  };
}

function coinsVerdict(
  { coins }: AuditedPeer,
  node: BlockNode,
  ours: CoinSummary | null,
): CoinsVerdict {
  if (coins === null) return "not-asked";
  if (typeof coins === "string") return coins;
  if (coins.state === "damaged" || coins.state === "unknown") return coins.state;
  if (!equalBytes(coins.blockHash, node.hash)) return "other-block";
  if (coins.state !== "kept") return coins.state;
  if (ours === null) return "not-compared";
  const { hash, count, amount } = coins.coins;
  const isSame = count === ours.count && amount === ours.amount && equalBytes(hash, ours.hash);
  return isSame ? "agrees" : "differs";
}

function peerJson(peer: AuditedPeer, coins: CoinsVerdict): JsonOut {
  const { headers } = peer;
  return {
    id: peer.id,
    addr: peer.address,
    subver: peer.userAgent,
    coins,
    headers: headers.state,
    best_height: headers.best?.height,
    best_hash: headers.best === null ? undefined : formatHash(headers.best.hash),
    fork_height: headers.fork?.height,
    says: `It ${COINS_WORDS[coins]}; it ${standingWords(headers)}.`,
  };
}

function selfWords(counted: CountedCoins | null, damage: string | null): string {
  if (damage !== null) return damage;
  if (counted === null) return "Our coins could not be counted.";
  const { coins, node, isCompared } = counted;
  const what = `${coins.count} coins at block ${node.height}`;
  return isCompared
    ? `Our coins are whole: the ${what} are those that the blocks leave.`
    : `Ours are ${what}. With -coinstatsindex they could be held against the blocks.`;
}

function summaryWords(agreeing: number, differing: number, all: number): string[] {
  if (all === 0) return ["Nobody is connected to compare with."];
  const words = [`${agreeing} of ${all} peers have the same coins.`];
  words.push(differing === 0 ? "Nobody differs." : `${differing} of ${all} peers differ.`);
  return words;
}

/** One who differs is likely wrong; when all do, we are. */
function aloneWords(verdicts: readonly CoinsVerdict[], damage: string | null): string[] {
  const differ = verdicts.filter((verdict) => verdict === "differs").length;
  if (damage !== null || differ === 0) return [];
  const agree = verdicts.filter((verdict) => verdict === "agrees").length;
  return differ > agree
    ? ["Most compeers have other coins than we do: start again with -reindex-chainstate."]
    : ["Who differs should start again with -reindex-chainstate."];
}
