import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import type { NodeProcess } from "../testing/node-process.ts";

type Start = (directory: string, ...options: readonly string[]) => Promise<NodeProcess>;

const CHECKED = ["-checkaddrman=1", "-connect=0"];
const FILE = join("regtest", "peers.dat");
const OTHERS: readonly [string, number, boolean][] = [
  ["pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion", 8333, true],
  ["c4gfnttsuwqomiygupdqqqyy5y5emnk5c73hrfvatri67prd7vyq.b32.i2p", 8333, false],
  ["2803:0:1234:abcd::1", 45324, false],
];

describe("peers.dat", { skip: bitcoindMissing }, () => {
  let scratch: string;
  const nodes: NodeProcess[] = [];

  before(() => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-addresses-"));
  });

  after(async () => {
    for (const node of nodes) await node.kill();
    rmSync(scratch, { recursive: true });
  });

  /** Starts with the file of another folder; what it holds is told by bucket and position. */
  const read = async (start: Start, name: string, from: string | null): Promise<unknown> => {
    mkdirSync(join(scratch, name, "regtest"), { recursive: true });
    if (from !== null) copyFileSync(join(scratch, from, FILE), join(scratch, name, FILE));
    const node = await start(join(scratch, name), ...CHECKED);
    nodes.push(node);
    if (from === null) await fill(node);
    const book = await node.call("getrawaddrman");
    await node.stop();
    return book;
  };

  it("of ours is read by bitcoind, and the one it writes then by us, place by place", async () => {
    const ours = await read(startCompeerd, "ours", null);
    assert.deepEqual(await read(startBitcoind, "its", "ours"), ours);
    assert.deepEqual(await read(startCompeerd, "ours-again", "its"), ours);
  });

  it("of bitcoind is read by us, place by place", async () => {
    const its = await read(startBitcoind, "its-own", null);
    assert.deepEqual(await read(startCompeerd, "ours-then", "its-own"), its);
  });
});

async function fill(node: NodeProcess): Promise<void> {
  for (let i = 0; i < 100; i++)
    await node.call("addpeeraddress", `${20 + i}.${i}.3.4`, 8333, i % 2 === 0);
  for (const [address, port, isTried] of OTHERS)
    await node.call("addpeeraddress", address, port, isTried);
}
