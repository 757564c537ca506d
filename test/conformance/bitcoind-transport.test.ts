import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { reaches } from "../testing/compare-nodes.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import type { NodeProcess } from "../testing/node-process.ts";

interface PeerJson {
  readonly id: number;
  readonly transport_protocol_type: string;
  readonly session_id: string;
  readonly servicesnames: readonly string[];
}

interface Funded {
  readonly hex: string;
}

const cases: readonly {
  readonly name: string;
  readonly caller: "bitcoind" | "compeer";
  readonly compeerV2: 0 | 1;
  readonly bitcoindV2: 0 | 1;
  readonly transport: "v1" | "v2";
}[] = [
  { name: "compeer calls", caller: "compeer", compeerV2: 1, bitcoindV2: 1, transport: "v2" },
  { name: "bitcoind calls", caller: "bitcoind", compeerV2: 1, bitcoindV2: 1, transport: "v2" },
  {
    name: "compeer calls a bitcoind that has only v1",
    caller: "compeer",
    compeerV2: 1,
    bitcoindV2: 0,
    transport: "v1",
  },
  {
    name: "bitcoind calls a compeer that has only v1",
    caller: "bitcoind",
    compeerV2: 0,
    bitcoindV2: 1,
    transport: "v1",
  },
];

for (const { name, caller, compeerV2, bitcoindV2, transport } of cases) {
  describe(`${name}: ${transport}`, { skip: bitcoindMissing }, () => {
    let scratch: string;
    let compeer: NodeProcess;
    let bitcoind: NodeProcess;
    const nodes: NodeProcess[] = [];

    before(async () => {
      scratch = mkdtempSync(join(tmpdir(), "compeer-transport-"));
      const v2 = (on: 0 | 1): string => `-v2transport=${on}`;
      compeer = await startCompeerd(join(scratch, "compeer"), v2(compeerV2), "-fallbackfee=0.0001");
      nodes.push(compeer);
      bitcoind = await startBitcoind(join(scratch, "bitcoind"), v2(bitcoindV2));
      nodes.push(bitcoind);
    });

    after(async () => {
      for (const node of nodes) await node.kill();
      rmSync(scratch, { recursive: true });
    });

    it("syncs, names one session and keeps the connection", async () => {
      await compeer.call("createwallet", "w");
      const address = await compeer.call<string>("getnewaddress");
      await compeer.call("generatetoaddress", 110, address);
      const [from, to] = caller === "compeer" ? [compeer, bitcoind] : [bitcoind, compeer];
      await from.call("addnode", to.address, "onetry");
      await reaches(bitcoind, compeer);
      const ours = await onlyPeer(compeer);
      const theirs = await onlyPeer(bitcoind);
      assert.equal(ours.transport_protocol_type, transport);
      assert.equal(theirs.transport_protocol_type, transport);
      assert.equal(ours.session_id, theirs.session_id);
      assert.equal(ours.session_id.length, transport === "v2" ? 64 : 0);
      assert.equal(theirs.servicesnames.includes("P2P_V2"), compeerV2 === 1);
    });

    it("relays blocks and transactions both ways", async () => {
      const address = await compeer.call<string>("getnewaddress");
      const ours = await compeer.call<string>("sendtoaddress", address, 1);
      await hasTransaction(bitcoind, ours);
      const theirs = await bitcoind.call<string>("sendrawtransaction", await signed(address));
      await hasTransaction(compeer, theirs);
      await bitcoind.call("generatetodescriptor", 3, "raw(51)");
      await reaches(compeer, bitcoind);
      await compeer.call("generatetoaddress", 3, address);
      await reaches(bitcoind, compeer);
      assert.deepEqual(await bitcoind.call("getrawmempool"), []);
    });

    it("and a feature message (BIP434) does not trouble bitcoind", async () => {
      const { id } = await onlyPeer(compeer);
      const feature = Buffer.from("\x0ccompeer test\x01\x07", "latin1").toString("hex");
      await compeer.call("sendmsgtopeer", id, "feature", feature);
      const before = await compeer.call<string>("getbestblockhash");
      await bitcoind.call("generatetodescriptor", 1, "raw(51)");
      assert.notEqual(await reaches(compeer, bitcoind), before);
      assert.equal((await onlyPeer(compeer)).id, id);
    });

    async function signed(address: string): Promise<string> {
      const raw = await compeer.call<string>("createrawtransaction", [], { [address]: 2 });
      const { hex } = await compeer.call<Funded>("fundrawtransaction", raw);
      return (await compeer.call<Funded>("signrawtransactionwithwallet", hex)).hex;
    }
  });
}

async function onlyPeer(node: NodeProcess): Promise<PeerJson> {
  const peers = await node.call<PeerJson[]>("getpeerinfo");
  const [peer] = peers;
  assert.ok(peer !== undefined && peers.length === 1, `${node.name} has ${peers.length} peers`);
  return peer;
}

async function hasTransaction(node: NodeProcess, txid: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await node.call<string[]>("getrawmempool")).includes(txid)) return;
    await sleep(100);
  }
  assert.fail(`${txid} never reached ${node.name}`);
}
