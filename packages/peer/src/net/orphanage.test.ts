import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { draft } from "../mempool/testing/ledger.ts";
import { Orphanage, outpointKeys } from "./orphanage.ts";

const txid = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe("Orphanage", () => {
  it("keeps 100 and drops the oldest of whoever sent the most (D06, CVE-2012-3789)", () => {
    const orphans = new Orphanage();
    orphans.add(draft([{ txid: txid(1), index: 0 }], [1]), "honest", 1);
    for (let i = 0; i < 500; i++)
      orphans.add(draft([{ txid: txid(2), index: i }], [1]), `flood${i}`, 2);
    assert.equal(orphans.size, 100);
    assert.ok(orphans.has("honest"));
    assert.ok(orphans.has("flood499") && !orphans.has("flood0"));
  });

  it("finds the children of a parent until they are removed", () => {
    const orphans = new Orphanage();
    orphans.add(draft([{ txid: txid(1), index: 0 }], [1]), "a", 1);
    orphans.add(
      draft(
        [
          { txid: txid(1), index: 1 },
          { txid: txid(2), index: 0 },
        ],
        [1],
      ),
      "b",
      2,
    );
    assert.deepEqual(
      orphans.children(hashKey(txid(1))).map(({ key }) => key),
      ["a", "b"],
    );
    orphans.removePeer(1);
    assert.deepEqual(
      orphans.children(hashKey(txid(1))).map(({ key }) => key),
      ["b"],
    );
  });

  it("drops what a block's inputs make impossible", () => {
    const orphans = new Orphanage();
    const orphan = draft([{ txid: txid(1), index: 0 }], [1]);
    orphans.add(orphan, "a", 1);
    assert.equal(orphans.removeSpenders(new Set(outpointKeys(orphan))), 1);
    assert.equal(orphans.size, 0);
  });

  it("takes none over the standard weight", () => {
    const huge = draft([{ txid: txid(1), index: 0 }], [1], { script: new Uint8Array(100_001) });
    assert.equal(new Orphanage().add(huge, "a", 1), false);
  });
});
