import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { encodeTransaction, type Transaction } from "@compeer/protocol/bitcoin/transaction";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { MSG_WTX } from "@compeer/protocol/wire/inventory";
import type { Random } from "../random.ts";
import type { SoakMesh } from "./soak-mesh.ts";
import type { SoakNode } from "./soak-node.ts";
import type { SoakTally } from "./soak-tally.ts";

const { magic } = networkByName("regtest");

/** Hears of news before anybody, tells every node at once, and then has nothing to give, or something false. */
export class SoakLiar {
  readonly #mesh: SoakMesh;
  readonly #random: Random;
  readonly #tally: SoakTally;
  readonly #lines = new Map<SoakNode, RawPeer>();

  constructor(mesh: SoakMesh, random: Random, tally: SoakTally) {
    this.#mesh = mesh;
    this.#random = random;
    this.#tally = tally;
  }

  /** Connects to whom it is not connected. */
  async connect(): Promise<void> {
    for (const node of this.#mesh.ready) {
      if (this.#lines.get(node)?.isClosed === false) continue;
      const line = await RawPeer.shakeHands(node.port, magic).catch(() => null);
      if (line !== null) this.#lines.set(node, line);
    }
  }

  /** Announces a payment that it will not send, or sends it with a witness that is not its own. */
  pretendToHave(tx: Transaction): void {
    const isFalse = this.#random.oneIn(3);
    const inputs = tx.inputs.map((input) => ({
      ...input,
      witness: input.witness.length === 0 ? [] : [Uint8Array.of(1), ...input.witness],
    }));
    const payload = encodeTransaction({ ...tx, inputs });
    for (const line of this.#each())
      if (isFalse) line.sendPayload("tx", payload);
      else line.send({ type: "inv", items: [{ kind: MSG_WTX, hash: tx.wtxid }] });
    this.#tally.count(isFalse ? "false witnesses" : "empty promises of a payment");
  }

  /** Sends the header of a new block, and never the block. */
  async pretendToHaveBlock(miner: SoakNode, hash: string): Promise<void> {
    const header = decodeHex(await miner.call<string>("getblockheader", hash, false));
    const payload = concatBytes(Uint8Array.of(1), header, Uint8Array.of(0));
    for (const line of this.#each()) line.sendPayload("headers", payload);
    this.#tally.count("empty promises of a block");
  }

  leave(): void {
    for (const line of this.#lines.values()) line.close();
    this.#lines.clear();
  }

  *#each(): Generator<RawPeer> {
    for (const line of this.#lines.values()) {
      if (line.isClosed) continue;
      line.messages.length = 0;
      yield line;
    }
  }
}
