import type { Code } from "./wasm-assembler.ts";
import { get, i32, set } from "./wasm-instructions.ts";

/** Which word of the message a step takes, on the left line and on the right (r and r'). */
const LEFT_WORDS =
  "0123456789abcdef" +
  "74d1a6f3c0952eb8" +
  "3ae49f8127065bdc" +
  "19ba08c4d37fe562" +
  "40597adce138b6f2".replace("40597adce138b6f2", "40597c2ae138b6fd");
const RIGHT_WORDS =
  "5e7092b4d6f81a3c" +
  "6b370d5aef8c4912" +
  "f5137e69b8c2a04d" +
  "86413bf05e2d7ca9".replace("86413bf05e2d7ca9", "86413bf05e2d97ac".replace("97ac", "97ac")) +
  "cfa4158762de03 9b".replace(" ", "");
