import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "../bitcoin/networks/all.ts";
import { parseHash } from "../bytes/hash.ts";
import { flagsByName } from "../script/flags.ts";
import { blockScriptFlags } from "./script-flags.ts";

const ANY = new Uint8Array(32);

function flags(...names: readonly string[]): number {
  return names.reduce((all, name) => all | (flagsByName.get(name) as number), 0);
}

describe("blockScriptFlags", () => {
  const main = networkByName("main");
  const always = ["P2SH", "WITNESS", "TAPROOT"];

  it("adds each soft fork at its height", () => {
    const at = (height: number) => blockScriptFlags(ANY, height, main);
    assert.equal(at(0), flags(...always));
    assert.equal(at(363_724), flags(...always));
    assert.equal(at(363_725), flags(...always, "DERSIG"));
    assert.equal(at(388_381), flags(...always, "DERSIG", "CHECKLOCKTIMEVERIFY"));
    const csv = ["DERSIG", "CHECKLOCKTIMEVERIFY", "CHECKSEQUENCEVERIFY"];
    assert.equal(at(419_328), flags(...always, ...csv));
    assert.equal(at(481_823), flags(...always, ...csv));
    assert.equal(at(481_824), flags(...always, ...csv, "NULLDUMMY"));
  });

  it("asks less of the two blocks of main that break later rules", () => {
    const p2sh = parseHash("00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22");
    assert.equal(blockScriptFlags(p2sh, 170_060, main), 0);
    const taproot = parseHash("0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad");
    const expected = [
      "P2SH",
      "WITNESS",
      "DERSIG",
      "CHECKLOCKTIMEVERIFY",
      "CHECKSEQUENCEVERIFY",
      "NULLDUMMY",
    ];
    assert.equal(blockScriptFlags(taproot, 692_261, main), flags(...expected));
  });
});
