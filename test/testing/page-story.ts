import assert from "node:assert/strict";
import { it } from "node:test";
import { PageReader } from "./page-reader.ts";

/** One part of a story. */
export type Step = (fact: string, part: () => Promise<void> | void) => void;

/** A story in parts: none is told after a part that failed, and a failure says what the pages showed. */
export function pageStory(): Step {
  let failed: string | null = null;
  return (fact, part) => {
    it(fact, async () => {
      assert.equal(failed, null, "an earlier part failed");
      failed = fact;
      try {
        await part();
      } catch (cause) {
        const shown = await Promise.all(PageReader.all.map((reader) => reader.shown()));
        throw new Error(`${String(cause)}\n${shown.join("\n")}`, { cause });
      }
      failed = null;
    });
  };
}
