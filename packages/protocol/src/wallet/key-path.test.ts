import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { formatKeyPath, parseKeyPaths } from "./key-path.ts";

const step = fc.integer({ min: 0, max: 0xffffffff });

describe("key paths", () => {
  it("come back from their text, with either mark", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.constantFrom("h", "'"), (path, mark) => {
        const steps = formatKeyPath(path, mark).split("/").slice(1);
        assert.deepEqual(parseKeyPaths(steps, false), [path]);
      }),
    );
  });

  it("of any text are a path or a DecodeError, never a step out of range", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 14 }),
      fc.stringMatching(/^<?[0-9]{0,11}[;h'>]*$/),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), fc.boolean(), (steps, multipath) => {
        try {
          for (const path of parseKeyPaths(steps, multipath))
            for (const number of path)
              assert.ok(Number.isInteger(number) && number >= 0 && number <= 0xffffffff);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
    );
  });

  it("of a multipath step are one for each choice, in order (BIP389)", () => {
    assert.deepEqual(parseKeyPaths(["7", "<5;1h;0>", "9"], true), [
      [7, 5, 9],
      [7, 0x80000001, 9],
      [7, 0, 9],
    ]);
    assert.throws(() => parseKeyPaths(["<5;1;5>"], true), {
      message: "Duplicated key path value 5 in multipath specifier",
    });
  });
});
