import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

const numbers = (last: number, without: readonly number[] = []) =>
  Array.from({ length: last }, (_, i) => i + 1).filter((one) => !without.includes(one));

/** As the server reads a request. */
function parse(name: string) {
  const bytes = readVector(`core/univalue/${name}.json`);
  return parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}

describe("univalue's test files", { skip: vectorsMissing }, () => {
  for (const number of numbers(45, [43]))
    it(`fail${number} fails`, () => assert.throws(() => parse(`fail${number}`)));

  for (const number of numbers(4)) it(`pass${number} passes`, () => void parse(`pass${number}`));

  for (const number of numbers(7))
    it(`round${number} is written as it was`, () => {
      const text = readVector(`core/univalue/round${number}.json`).toString().trimEnd();
      assert.equal(writeJson(parse(`round${number}`)), text);
    });
});
