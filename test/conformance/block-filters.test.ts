import assert from "node:assert/strict";
import { it } from "node:test";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { formatHash, parseHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { basicFilter, filterHash, filterHeader } from "@compeer/protocol/filters/basic-filter";
import { checkGolombFilter, matchesGolombFilter } from "@compeer/protocol/filters/golomb-filter";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

/** Height, block hash, block, spent scripts, previous header, filter, header, what it is about. */
type Row = readonly [number, string, string, string[], string, string, string, string];

for (const file of ["core/blockfilters.json", "bips/bip-0158/testnet-19.json"])
  it(`${file}: filter and header of each block are exact`, { skip: vectorsMissing }, (t) => {
    const rows = readJsonVector<readonly unknown[]>(file).filter(
      (row): row is Row => Array.isArray(row) && typeof row[0] === "number",
    );
    for (const [height, hash, raw, scripts, previous, filter, header, notes] of rows) {
      const block = decodeBlock(decodeHex(raw));
      assert.equal(formatHash(block.hash), hash);
      const ours = basicFilter(block, spentOf(scripts.map(decodeHex)));
      const name = `block ${height}: ${notes}`;
      assert.equal(encodeHex(ours), filter, name);
      assert.equal(formatHash(filterHeader(filterHash(ours), parseHash(previous))), header, name);
      checkGolombFilter(ours);
      for (const script of scripts.map(decodeHex))
        if (script.length > 0) assert.ok(matchesGolombFilter(ours, block.hash, [script]), name);
    }
    assert.ok(rows.length > 5);
    t.diagnostic(`${rows.length} blocks`);
  });

function spentOf(scripts: readonly Uint8Array[]): SpentCoins {
  const spent = new SpentCoins(scripts.length);
  for (const [row, script] of scripts.entries())
    spent.setCoin(row, { value: 0, script, height: 1, coinbase: false });
  return spent;
}
