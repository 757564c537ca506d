import { setTimeout as sleep } from "node:timers/promises";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Random } from "../random.ts";
import { flood } from "./soak-floods.ts";
import type { SoakLiar } from "./soak-liar.ts";
import { ignoringDeath, type SoakMesh } from "./soak-mesh.ts";
import type { SoakNode } from "./soak-node.ts";
import type { SoakPayments } from "./soak-payments.ts";
import { randomReward } from "./soak-purse.ts";
import type { SoakTally } from "./soak-tally.ts";

/** What happens to a mesh, one event after the other; floods go on meanwhile. */
export class SoakEvents {
  readonly #mesh: SoakMesh;
  readonly #payments: SoakPayments;
  readonly #liar: SoakLiar;
  readonly #random: Random;
  readonly #tally: SoakTally;
  readonly #floods: Promise<void>[] = [];

  constructor(
    mesh: SoakMesh,
    payments: SoakPayments,
    liar: SoakLiar,
    random: Random,
    tally: SoakTally,
  ) {
    this.#mesh = mesh;
    this.#payments = payments;
    this.#liar = liar;
    this.#random = random;
    this.#tally = tally;
  }

  /** One event, mostly a payment. */
  async act(): Promise<void> {
    const dice = this.#random.below(100);
    if (dice < 66) await this.#pay();
    else if (dice < 82) await this.mine(this.#anyone());
    else if (dice < 89) this.#flood();
    else if (dice < 92) await this.#kill();
    else if (dice < 93) await this.#restart();
    else if (dice < 95) await this.#invalidate();
    else if (dice < 97) await this.#part();
    else if (dice < 98) await this.#silence();
    else this.#mesh.join();
    await this.#mesh.heal();
    await this.#liar.connect();
  }

  /** Waits for what goes on beside the events, and takes back what they left. */
  async end(): Promise<void> {
    this.#mesh.join();
    this.#liar.leave();
    await Promise.all(this.#floods.splice(0));
  }

  /** A block of what the node knows, and whether somebody pretends to have it as well. */
  async mine(
    node: SoakNode,
    count = 1,
    isClaimed: boolean = this.#random.oneIn(4),
    reward: string = randomReward(this.#random),
  ): Promise<void> {
    const hashes = await ignoringDeath(node, () =>
      node.call<string[]>("generatetodescriptor", count, reward),
    );
    const last = hashes?.at(-1);
    if (last === undefined) return;
    this.#tally.count("blocks", count);
    if (isClaimed) await this.#liar.pretendToHaveBlock(node, last);
  }

  /** Some pay at once. */
  async #pay(): Promise<void> {
    const count = 1 + this.#random.below(4);
    await Promise.all(Array.from({ length: count }, () => this.#payments.act()));
  }

  #flood(): void {
    this.#floods.push(flood(this.#anyone(), this.#random, this.#tally));
  }

  async #kill(): Promise<void> {
    const victim = this.#mortal();
    if (this.#mesh.ready.length < 3) return;
    await victim.kill();
    this.#tally.count("kills");
    this.#mesh.startNode(victim);
    if (!this.#random.oneIn(3)) return;
    // Once more while it starts.
    await sleep(this.#random.below(1500));
    await victim.kill();
    this.#tally.count("kills");
    this.#mesh.startNode(victim);
  }

  /** As an operator does it, with its mempool kept. */
  async #restart(): Promise<void> {
    const node = this.#mortal();
    if (!node.isReady) return;
    await node.stop();
    this.#tally.count("restarts");
    this.#mesh.startNode(node);
  }

  /** The first of the mesh lives on: its memory is watched over the whole day. */
  #mortal(): SoakNode {
    return this.#random.pick(this.#mesh.nodes.slice(1));
  }

  /** A node takes blocks back and finds others instead, then allows the first again. */
  async #invalidate(): Promise<void> {
    const node = this.#anyone();
    const depth = 1 + this.#random.below(4);
    const height = await node.call<number>("getblockcount");
    if (height < depth) return; // just up again after a kill, and still without its blocks
    const hash = await node.call<string>("getblockhash", height - depth + 1);
    await node.call("invalidateblock", hash);
    // To a script of its own: the same block found again would not be allowed any more.
    const reward = `raw(5120${encodeHex(this.#random.bytes(32))})`;
    await this.mine(node, depth + this.#random.below(2), false, reward);
    await node.call("reconsiderblock", hash);
    this.#tally.count("reorganisations by invalidateblock");
  }

  /** Both sides find blocks, and are joined by a later event. */
  async #part(): Promise<void> {
    const sides = await this.#mesh.part();
    for (const side of sides) {
      const alive = side.filter(({ isReady }) => isReady);
      for (let left = 1 + this.#random.below(3); left > 0 && alive.length > 0; left--) {
        await this.mine(this.#random.pick(alive));
        await this.#payments.act();
      }
    }
    this.#tally.count("partitions");
  }

  /** A node without network finds blocks of its own. */
  async #silence(): Promise<void> {
    const node = this.#anyone();
    await node.call("setnetworkactive", false);
    await this.mine(node, 1 + this.#random.below(3));
    await this.mine(this.#anyone());
    await node.call("setnetworkactive", true);
    this.#tally.count("networks switched off");
  }

  #anyone(): SoakNode {
    return this.#random.pick(this.#mesh.ready);
  }
}
