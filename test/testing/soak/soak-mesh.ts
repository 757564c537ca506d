import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../peers.ts";
import type { Random } from "../random.ts";
import { type SoakKind, SoakNode } from "./soak-node.ts";

interface PeerInfo {
  readonly id: number;
  readonly subver: string;
}

/** A mocked day begins here. */
const MORNING = 1_790_000_000;
/** Nodes drop who has been silent for longer than this, so no step of the clock is longer. */
const LONGEST_STEP = 240;
const OPTIONS = [
  "-dnsseed=0",
  "-fixedseeds=0",
  "-discover=0",
  "-natpmp=0",
  // Nobody is dialled but by the mesh.
  "-connect=0",
  "-listen=1",
  "-debug=net",
  "-debug=cmpctblock",
  "-debug=mempool",
  "-debug=txpackages",
  "-logtimemicros",
  "-par=1",
];

/** Every other node does not encrypt, and a compeer counts its coins by an index: Core's may not survive a kill. */
const ODD_OPTIONS: { readonly [kind in SoakKind]: readonly string[] } = {
  bitcoind: ["-v2transport=0"],
  compeer: ["-v2transport=0", "-txindex", "-coinstatsindex", "-blockfilterindex"],
};

/** Nodes that are all connected to each other, with one clock, and can be parted in groups. */
export class SoakMesh {
  readonly nodes: readonly SoakNode[];
  /** Of each node; only those of one group are connected. */
  readonly #groups: number[];
  readonly #random: Random;
  readonly #failures: unknown[] = [];
  #now = MORNING;
  #dials = 0;

  private constructor(nodes: readonly SoakNode[], random: Random) {
    this.nodes = nodes;
    this.#groups = nodes.map(() => 0);
    this.#random = random;
  }

  static async start(
    directory: string,
    kinds: readonly SoakKind[],
    options: readonly string[],
    random: Random,
  ): Promise<SoakMesh> {
    const nodes: SoakNode[] = [];
    for (const [i, kind] of kinds.entries()) {
      const folder = join(directory, `${i}-${kind}`);
      mkdirSync(folder);
      const all = [...OPTIONS, ...(i % 2 === 0 ? [] : ODD_OPTIONS[kind]), ...options];
      nodes.push(await SoakNode.make(`n${i}`, kind, folder, all));
    }
    const mesh = new SoakMesh(nodes, random);
    for (const node of nodes) mesh.startNode(node);
    await mesh.whole();
    return mesh;
  }

  /** How often somebody was told to connect. */
  get dials(): number {
    return this.#dials;
  }

  get now(): number {
    return this.#now;
  }

  get ready(): SoakNode[] {
    return this.nodes.filter(({ isReady }) => isReady);
  }

  /** Starts it and does not wait; should it end by itself, `whole` tells. */
  startNode(node: SoakNode): void {
    node.start(this.#now);
    node
      .ready()
      .then(() => ignoringDeath(node, () => node.call("setmocktime", this.#now)))
      .catch((error: unknown) => this.#failures.push(error));
  }

  /** Moves the clock of all nodes forward together, in steps that keep connections alive. */
  async advance(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= LONGEST_STEP) {
      this.#now += Math.min(left, LONGEST_STEP);
      await this.#each((node) => node.call("setmocktime", this.#now));
      if (left > LONGEST_STEP) await this.#each((node) => node.call("ping"));
    }
  }

  /** Parts the nodes in two groups at random, each of at least one. */
  async part(): Promise<readonly [SoakNode[], SoakNode[]]> {
    const size = 1 + this.#random.below(this.nodes.length - 1);
    const first = new Set<number>();
    while (first.size < size) first.add(this.#random.below(this.nodes.length));
    for (const i of this.nodes.keys()) this.#groups[i] = first.has(i) ? 1 : 0;
    await this.heal();
    return [this.nodes.filter((_, i) => first.has(i)), this.nodes.filter((_, i) => !first.has(i))];
  }

  /** Everybody may be connected to everybody again; `heal` dials. */
  join(): void {
    this.#groups.fill(0);
  }

  /** Dials where a connection is missing and cuts where one must not be; true when nothing was to do. */
  async heal(): Promise<boolean> {
    let isWhole = true;
    for (const [i, node] of this.nodes.entries()) {
      if (!node.isReady) {
        isWhole = false;
        continue;
      }
      const peers = await this.#peersOf(node);
      for (const [j, other] of this.nodes.entries()) {
        if (i === j || !other.isReady) continue;
        const links = peers.filter(({ subver }) => subver.includes(`(${other.name})`));
        const isWanted = this.#groups[i] === this.#groups[j];
        if (isWanted && links.length === 0 && i < j) {
          isWhole = false;
          this.#dials++;
          await ignoringDeath(node, () => node.call("addnode", other.address, "onetry"));
        } else if (isWanted && links.length === 0) isWhole = false;
        else if (!isWanted) await this.#cut(node, links);
      }
    }
    return isWhole;
  }

  /** Waits until everybody runs and is connected to everybody of its group. */
  async whole(): Promise<void> {
    await until("all are up", () => this.#failed() || this.ready.length === this.nodes.length, 120);
    for (const failure of this.#failures) throw failure;
    await until(
      "all are connected",
      async () => {
        await this.advance(1);
        return this.heal();
      },
      180,
    );
  }

  #failed(): boolean {
    return this.#failures.length > 0;
  }

  async #peersOf(node: SoakNode): Promise<readonly PeerInfo[]> {
    return (await ignoringDeath(node, () => node.call<PeerInfo[]>("getpeerinfo"))) ?? [];
  }

  async #cut(node: SoakNode, links: readonly PeerInfo[]): Promise<void> {
    for (const { id } of links) await node.call("disconnectnode", "", id).catch(() => undefined);
  }

  async #each(action: (node: SoakNode) => Promise<unknown>): Promise<void> {
    await Promise.all(this.ready.map((node) => ignoringDeath(node, () => action(node))));
  }
}

/** What a node answers; null when it was killed meanwhile. */
export async function ignoringDeath<T>(
  node: SoakNode,
  action: () => Promise<T>,
): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (node.isReady) throw error;
    return null;
  }
}
