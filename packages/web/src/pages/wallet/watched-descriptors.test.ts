import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { watchedDescriptors } from "./watched-descriptors.ts";

describe("watchedDescriptors", () => {
  it("takes keys, addresses and descriptors, one a line", () => {
    assert.deepEqual(
      watchedDescriptors(
        "tpubD6N\n\n bcrt1qxyz \n[d34db33f/84h/1h/0h]xpub6ER\ntr(xpub1/*)#abcd\npk(02aa)",
      ),
      [
        { descriptor: "wpkh(tpubD6N/<0;1>/*)", active: true },
        { descriptor: "addr(bcrt1qxyz)", active: false },
        { descriptor: "wpkh([d34db33f/84h/1h/0h]xpub6ER/<0;1>/*)", active: true },
        { descriptor: "tr(xpub1/*)#abcd", active: true },
        { descriptor: "pk(02aa)", active: false },
      ],
    );
  });
});
