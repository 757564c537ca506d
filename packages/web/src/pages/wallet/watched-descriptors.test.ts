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
        { descriptor: "wpkh(tpubD6N/<0;1>/*)", active: true, internal: false },
        { descriptor: "addr(bcrt1qxyz)", active: false, internal: false },
        { descriptor: "wpkh([d34db33f/84h/1h/0h]xpub6ER/<0;1>/*)", active: true, internal: false },
        { descriptor: "tr(xpub1/*)#abcd", active: true, internal: false },
        { descriptor: "pk(02aa)", active: false, internal: false },
      ],
    );
  });

  it("takes the second of two branches of one key for change", () => {
    const branches = ["wpkh([d34db33f/84h]xpub1/0/*)#aaaa", "wpkh([d34db33f/84h]xpub1/1/*)#bbbb"];
    const alone = "tr(xpub2/1/*)";
    assert.deepEqual(
      watchedDescriptors([...branches, alone].join("\n")).map(({ internal }) => internal),
      [false, true, false],
    );
  });
});
