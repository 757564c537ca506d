import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

interface Compiled {
  readonly isCompiled: boolean;
  run(): unknown;
  keep(): void;
}

const { compileBundle } = createRequire(import.meta.url)("../../bin/compile-bundle.cjs") as {
  compileBundle(file: string): Compiled;
};

const directory = mkdtempSync(join(tmpdir(), "compeer-bundle-"));
after(() => rmSync(directory, { recursive: true }));
let files = 0;

/** A bundle that gives `answer`, with its compiled form beside it. */
function keptBundle(answer: string): { readonly file: string; readonly cache: string } {
  const file = join(directory, `${files++}.cjs`);
  writeFileSync(file, bundle(answer));
  const first = compileBundle(file);
  assert.equal(first.isCompiled, false);
  assert.equal(first.run(), answer);
  first.keep();
  return { file, cache: `${file}.cache` };
}

function bundle(answer: string): string {
  return `(function(require,__filename){return "${answer}"})`;
}

describe("compileBundle", () => {
  it("takes the compiled form that was kept", () => {
    const { file } = keptBundle("one");
    const again = compileBundle(file);
    assert.ok(again.isCompiled);
    assert.equal(again.run(), "one");
  });

  it("runs a bundle that was changed, though its length is the same", () => {
    const { file } = keptBundle("old");
    writeFileSync(file, bundle("new"));
    const changed = compileBundle(file);
    assert.equal(changed.isCompiled, false);
    assert.equal(changed.run(), "new");
  });

  it("compiles where the compiled form is damaged, cut off or missing", () => {
    const { file, cache } = keptBundle("sound");
    const sound = readFileSync(cache);
    const flipped = Uint8Array.from(sound);
    flipped[sound.length >>> 1] = ~(sound[sound.length >>> 1] as number);
    for (const bytes of [flipped, sound.subarray(0, -8), sound.subarray(0, 7), new Uint8Array(0)]) {
      writeFileSync(cache, bytes);
      const damaged = compileBundle(file);
      assert.equal(damaged.isCompiled, false);
      assert.equal(damaged.run(), "sound");
    }
    rmSync(cache);
    assert.equal(compileBundle(file).run(), "sound");
  });
});
