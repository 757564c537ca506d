import { formatHash } from "@compeer/protocol/bytes/hash";
import { difficulty } from "@compeer/protocol/consensus/difficulty";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { Signal } from "../../chain/signal.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import type { Net } from "../../net/net.ts";
import { formatBits } from "../rpc/block-json.ts";
import type { EventHub } from "./event-hub.ts";
import type { EventSource } from "./event-streams.ts";
import { Inflow } from "./inflow.ts";
import { LogFollower } from "./log-tail.ts";
import type { MiningSwitch } from "./mining-switch.ts";
import { type Projection, projectedJson } from "./projection.ts";
import type { SyncMeter } from "./sync-meter.ts";
import type { Topic } from "./topics.ts";

const TICK_MS = 1000;
/** While blocks stream in, tips are told this often. */
const TIP_MS = 250;
/** Traffic changes all the time: it is told every so many ticks. */
const PEERS_TICKS = 2;

/** What happened in a wallet; without txid, anything. */
export interface WalletChange {
  readonly wallet: string;
  readonly txid: Uint8Array | null;
}

export interface PeerEventParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly net: Net;
  readonly projection: Projection;
  readonly sync: SyncMeter;
  readonly mining: MiningSwitch;
  /** Null in a peer without wallets. */
  readonly walletChanged: Signal<WalletChange> | null;
  /** Null when there is no log file. */
  readonly logPath: string | null;
}

/** Turns what happens in the peer into messages. What nobody listens to costs nothing but counting. */
export class PeerEvents implements EventSource {
  readonly #parts: PeerEventParts;
  readonly #hub: EventHub;
  readonly #unsubscribe: (() => void)[];
  readonly #inflow = new Inflow(secondNow());
  readonly #told = new Map<Topic, string>();
  #wanted: ReadonlySet<Topic> = new Set();
  #timer: NodeJS.Timeout | null = null;
  #tipTimer: NodeJS.Timeout | null = null;
  #tipToldMs = 0;
  #ticks = 0;
  #log: LogFollower | null = null;
  #added = 0;
  #removed = 0;
  #reorg: { count: number; fork: number } | null = null;
  #peerKey = "";
  #peerChange = 0;

  constructor(parts: PeerEventParts, hub: EventHub) {
    this.#parts = parts;
    this.#hub = hub;
    const { chain, mempool, mining, walletChanged } = parts;
    this.#unsubscribe = [
      chain.blockDisconnected.on(({ node }) => this.#disconnected(node)),
      chain.tipChanged.on(() => this.#tipSoon()),
      mempool.added.on(({ vsize }) => {
        this.#added++;
        this.#inflow.add(vsize, secondNow());
      }),
      mempool.removed.on(() => this.#removed++),
      mining.changed.on(() => this.#tell("mining")),
    ];
    if (walletChanged === null) return;
    this.#unsubscribe.push(
      walletChanged.on(({ wallet, txid }) => {
        hub.publish("wallet", { wallet, txid: txid === null ? null : formatHash(txid) });
      }),
    );
  }

  want(topics: ReadonlySet<Topic>): void {
    if (!this.#wanted.has("mempool")) this.#forgetFlow();
    this.#wanted = topics;
    const { logPath } = this.#parts;
    if (!topics.has("log")) this.#log = null;
    else if (logPath !== null) this.#log ??= new LogFollower(logPath);
    if (topics.size === 0) this.#stopTicking();
    else this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  current(topic: Topic): unknown {
    const { sync, projection, mining } = this.#parts;
    switch (topic) {
      case "tip":
        return this.#tip();
      case "mempool":
        return this.#mempool();
      case "fees":
        return projection.fees();
      case "peers":
        return this.#peers();
      case "sync":
        return sync.progress();
      case "mining":
        return mining.state();
      default:
        return null;
    }
  }

  close(): void {
    this.#stopTicking();
    if (this.#tipTimer !== null) clearTimeout(this.#tipTimer);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #stopTicking(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    this.#ticks++;
    for (const topic of ["mempool", "fees", "sync", "mining"] as const) this.#tell(topic);
    if (this.#ticks % PEERS_TICKS === 0) this.#tell("peers");
    const lines = this.#log?.poll() ?? [];
    if (lines.length > 0) this.#hub.publish("log", { lines });
  }

  /** Publishes a state that somebody wants and that is not what was told last. */
  #tell(topic: Topic): void {
    if (!this.#wanted.has(topic)) return;
    const value = this.current(topic);
    const text = JSON.stringify(value);
    if (this.#told.get(topic) === text) return;
    this.#told.set(topic, text);
    this.#hub.publish(topic, value);
    if (topic === "mempool") this.#forgetFlow();
  }

  #forgetFlow(): void {
    this.#added = 0;
    this.#removed = 0;
  }

  #disconnected(node: BlockNode): void {
    const fork = node.height - 1;
    const { count = 0, fork: before = fork } = this.#reorg ?? {};
    this.#reorg = { count: count + 1, fork: Math.min(before, fork) };
  }

  /** The first of a stream of tips is told at once, the last in any case. */
  #tipSoon(): void {
    if (this.#tipTimer !== null) return;
    const wait = Math.max(0, this.#tipToldMs + TIP_MS - performance.now());
    this.#tipTimer = setTimeout(() => {
      this.#tipTimer = null;
      this.#tipToldMs = performance.now();
      this.#hub.publish("tip", this.#tip());
      this.#reorg = null;
    }, wait).unref();
  }

  #tip(): unknown {
    const { chain } = this.#parts;
    const { tip } = chain;
    return {
      height: tip.height,
      hash: formatHash(tip.hash),
      time: tip.time,
      mediantime: tip.medianTimePast,
      bits: formatBits(tip.bits),
      difficulty: difficulty(tip.bits),
      txcount: tip.txCount,
      previous: tip.parent ? formatHash(tip.parent.hash) : null,
      headers: chain.bestHeader.height,
      reorg: this.#reorg?.count ?? 0,
      fork: this.#reorg?.fork ?? null,
      ibd: chain.isInitialDownload,
      progress: chain.progress(tip),
    };
  }

  #mempool(): unknown {
    const { mempool, projection } = this.#parts;
    return {
      size: mempool.size,
      vsize: mempool.bytes,
      usage: mempool.usage,
      maxusage: mempool.options.maxUsage,
      fees: mempool.totalFees,
      minrate: projection.minimum,
      loaded: mempool.loaded,
      sequence: mempool.sequence,
      added: this.#added,
      removed: this.#removed,
      inflow: this.#inflow.rate(secondNow()),
      blocks: projection.blocks().map(projectedJson),
    };
  }

  #peers(): unknown {
    const { net } = this.#parts;
    const { inbound, outbound } = net.connectionCount;
    const key = net
      .peers()
      .map(({ id }) => id)
      .join();
    if (key !== this.#peerKey) this.#peerChange++;
    this.#peerKey = key;
    return {
      inbound,
      outbound,
      total: inbound + outbound,
      active: net.isActive,
      bytessent: net.totals.sent,
      bytesreceived: net.totals.received,
      change: this.#peerChange,
    };
  }
}

function secondNow(): number {
  return Math.floor(performance.now() / 1000);
}
