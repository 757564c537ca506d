import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TestDisk } from "@compeer/peer/chain/testing/test-disk";
import { type Block, blockTxid, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { type BlockHeader, decodeHeader, HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { formatHash, parseHash } from "@compeer/protocol/bytes/hash";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

/** The first payment ever, in block 170: Satoshi Nakamoto to Hal Finney. */
const FIRST_PAYMENT = parseHash("f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16");
/** The coinbase of block 9, which it spends. */
const BLOCK_9_COINBASE = parseHash(
  "0437cd7f8525ceed2324359c2d0ba26006d92d856a9c20fa0241106ee5a597c9",
);

function mainBlocks(): Block[] {
  const lines = readVector("blocks/main-0-175.hex").toString("latin1").trim().split("\n");
  return lines.map((line) => decodeBlock(decodeHex(line.trim().split(/\s+/).at(-1) as string)));
}

function headersOf(file: string): BlockHeader[] {
  const bytes = new Uint8Array(readVector(`blocks/${file}`));
  const headers: BlockHeader[] = [];
  for (let at = 0; at + HEADER_SIZE <= bytes.length; at += HEADER_SIZE)
    headers.push(decodeHeader(bytes.subarray(at, at + HEADER_SIZE)));
  return headers;
}

describe("Chain on real blocks", { skip: vectorsMissing }, () => {
  it("connects the first 175 blocks of main, and back, and again from its files", async () => {
    const disk = new TestDisk({ network: networkByName("main") });
    const chain = await disk.open({ minimumChainWork: 0n });
    const blocks = mainBlocks();
    for (const block of blocks.slice(1))
      assert.equal((await chain.submitBlock(block, { force: true })).fault, null);
    assert.equal(chain.tip.height, 175);
    const paid = await chain.coin(FIRST_PAYMENT, 0);
    assert.equal(paid?.value, 10_0000_0000);
    assert.equal(paid?.height, 170);
    assert.equal((await chain.coin(FIRST_PAYMENT, 1))?.value, 40_0000_0000);
    assert.equal(await chain.coin(BLOCK_9_COINBASE, 0), null);
    assert.equal(await chain.verify(4, 0), true);
    const block170 = chain.at(170);
    assert.ok(block170);
    await chain.invalidate(block170);
    assert.equal(chain.tip.height, 169);
    assert.equal((await chain.coin(BLOCK_9_COINBASE, 0))?.value, 50_0000_0000);
    await chain.reconsider(block170);
    assert.equal(chain.tip.height, 175);
    await chain.close();
    await disk.wipe("all");
    const again = await disk.open({ minimumChainWork: 0n, reindex: true });
    await again.importBlocks();
    assert.equal(again.tip.height, 175);
    const coinbase = blockTxid(blocks[175] as Block, 0);
    assert.equal((await again.coin(coinbase, 0))?.coinbase, true);
    await again.close();
  });

  for (const [name, file] of [
    ["main", "main-headers-0-10236.bin"],
    ["signet", "signet-headers-0-2015.bin"],
  ] as const) {
    it(`takes the headers of ${name}, and the same after a start`, async () => {
      const disk = new TestDisk({ network: networkByName(name) });
      const chain = await disk.open();
      const headers = headersOf(file);
      for (let at = 0; at < headers.length; at += 2000)
        assert.equal(chain.acceptHeaders(headers.slice(at, at + 2000)).fault, null);
      const last = headers.at(-1) as BlockHeader;
      assert.equal(formatHash(chain.bestHeader.hash), formatHash(last.hash));
      assert.equal(chain.bestHeader.height, headers.length - 1);
      const work = chain.bestHeader.chainWork;
      await chain.close();
      const again = await disk.open();
      assert.equal(again.bestHeader.chainWork, work);
      assert.equal(again.tip.height, 0);
      await again.close();
    });
  }
});
