import { draft } from "@compeer/peer/mempool/testing/ledger";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { MSG_BLOCK, MSG_TX, MSG_WITNESS_BLOCK, MSG_WTX } from "@compeer/protocol/wire/inventory";
import { floodOfAddresses, headerFlood, inventory } from "../attack/payloads.ts";
import type { Random } from "../random.ts";
import type { SoakNode } from "./soak-node.ts";
import type { SoakTally } from "./soak-tally.ts";

const { magic } = networkByName("regtest");
const COMMANDS = [
  "tx",
  "block",
  "cmpctblock",
  "blocktxn",
  "getblocktxn",
  "headers",
  "inv",
  "addrv2",
];
/** A flood that nobody takes any more is over. */
const PATIENCE_MS = 5000;

type Flood = (peer: RawPeer, random: Random, tip: Uint8Array) => void;

const FLOODS: Readonly<Record<string, Flood>> = {
  "promised transactions": (peer, random) => {
    for (let i = 0; i < 5; i++)
      peer.sendPayload("inv", inventory(MSG_WTX, random.below(2 ** 31), 1000));
  },
  "promised blocks": (peer, random) => {
    for (let i = 0; i < 20; i++)
      peer.sendPayload("inv", inventory(MSG_BLOCK, random.below(2 ** 31), 50));
  },
  "questions for what nobody has": (peer, random) => {
    for (const kind of [MSG_TX, MSG_WTX, MSG_BLOCK, MSG_WITNESS_BLOCK, 0x77])
      peer.sendPayload("getdata", inventory(kind, random.below(2 ** 31), 1000));
  },
  "questions for one block": (peer, _random, tip) => {
    for (let i = 0; i < 300; i++)
      peer.send({ type: "getdata", items: [{ kind: MSG_WITNESS_BLOCK, hash: tip }] });
  },
  "questions that are never read": (peer, _random, tip) => {
    peer.pause();
    const items = new Array(500).fill({ kind: MSG_WITNESS_BLOCK, hash: tip });
    for (let i = 0; i < 20; i++) peer.send({ type: "getdata", items });
  },
  headers: (peer, random, tip) => {
    let left = 5;
    for (const payload of headerFlood(tip, 1_790_000_000 + random.below(1000), 300)) {
      peer.sendPayload("headers", payload);
      if (--left === 0) return;
    }
  },
  pings: (peer) => {
    for (let i = 0; i < 3000; i++) peer.send({ type: "ping", nonce: BigInt(i) });
  },
  orphans: (peer, random) => {
    const txid = random.bytes(32);
    for (let i = 0; i < 300; i++)
      peer.send({ type: "tx", tx: draft([{ txid, index: i }], [1000 + i]) });
  },
  addresses: (peer, random) => {
    for (let i = 0; i < 10; i++)
      peer.sendPayload("addr", floodOfAddresses(random.below(2 ** 20), 1000));
  },
  "half a message": (peer, random) => {
    peer.sendBytes(Uint8Array.of(...magic, ...random.bytes(15)));
  },
  "random bytes": (peer, random) => peer.sendBytes(random.bytes(20_000)),
  "random payloads": (peer, random) => {
    for (let i = 0; i < 50; i++)
      peer.sendPayload(random.pick(COMMANDS), random.bytes(random.below(2000)));
  },
};

/** One attacker floods one node with one thing until that has taken it all, or has had enough. */
export async function flood(node: SoakNode, random: Random, tally: SoakTally): Promise<void> {
  const name = random.pick(Object.keys(FLOODS));
  let peer: RawPeer | null = null;
  const patience = setTimeout(() => peer?.close(), PATIENCE_MS);
  try {
    const tip = parseHash(await node.call<string>("getbestblockhash"));
    peer = await RawPeer.shakeHands(node.port, magic);
    (FLOODS[name] as Flood)(peer, random, tip);
    tally.count("floods");
    tally.count(`floods of ${name}`);
    await peer.sync();
  } catch {
    // Whoever is flooded may close the line or be killed; that it still stands is looked at elsewhere.
  } finally {
    clearTimeout(patience);
    peer?.close();
  }
}
