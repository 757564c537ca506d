import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quizPlaces, typedWords } from "./word-quiz.ts";

describe("quizPlaces", () => {
  it("gives three different places in order, whatever the dice say", () => {
    const dice = [0.99, 0.99, 0, 0, 0.5];
    assert.deepEqual(
      quizPlaces(12, () => dice.shift() as number),
      [0, 6, 11],
    );
  });
});

describe("typedWords", () => {
  it("reads words with blanks, lines, commas, numbers and capitals", () => {
    assert.deepEqual(typedWords(" 1. Abandon\n2) ability,\table "), ["abandon", "ability", "able"]);
    assert.deepEqual(typedWords("  "), []);
  });
});
