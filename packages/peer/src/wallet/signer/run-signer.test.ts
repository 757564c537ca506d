import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { runSigner } from "./run-signer.ts";
import { type SignerMood, signerCommandOf } from "./testing/signer-program.ts";

const PATIENCE_MS = 30_000;

async function refusal(command: string, limitMs = PATIENCE_MS, input = ""): Promise<string> {
  try {
    await runSigner(command, ["enumerate"], limitMs, input);
  } catch (error) {
    if (error instanceof RpcError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "not refused";
}

describe("runSigner", () => {
  it("gives what the program prints as JSON", async () => {
    assert.deepEqual(await runSigner(signerCommandOf("none"), ["enumerate"], PATIENCE_MS), []);
  });

  it("hands over what stands in quotes as one word, and nothing to a shell", async () => {
    const command = `"${process.execPath}" -e "console.log(JSON.stringify(process.argv.slice(1)))" --`;
    const words = await runSigner(command, ["two words", "$HOME;"], PATIENCE_MS);
    assert.deepEqual(words, ["two words", "$HOME;"]);
  });

  const faults: readonly (readonly [string, SignerMood, RegExp])[] = [
    ["that fails", "broken", /^-1 RunCommandParseJSON error: .* returned 3: the device is gone$/],
    ["that prints no JSON", "garbage", /^-1 Unable to parse JSON: I am no JSON$/],
    ["that prints without end", "flood", /^-1 .* printed more than 16777216 bytes$/],
  ];
  for (const [what, mood, expected] of faults)
    it(`says what is wrong with a program ${what}`, async () => {
      assert.match(await refusal(signerCommandOf(mood)), expected);
    });

  it("says that a program is missing, or is none", async () => {
    assert.match(await refusal("no-such-signer"), /execve failed: No such file or directory$/);
    assert.match(await refusal("/"), /execve failed: Permission denied$/);
    assert.match(await refusal("  "), /^-1 .*names no program$/);
  });

  it("ends a program that is too slow, and says so", async () => {
    const start = process.hrtime.bigint();
    assert.match(await refusal(signerCommandOf("late"), 300), /was not done after 0\.3 seconds$/);
    assert.ok(process.hrtime.bigint() - start < 10_000_000_000n);
  });

  it("bears a program that ends before it read what it is told", async () => {
    const input = "x".repeat(1 << 20);
    assert.match(await refusal(signerCommandOf("broken"), PATIENCE_MS, input), / returned 3: /);
  });
});
