import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { signatureBackends } from "@compeer/protocol/crypto/secp256k1";
import { compeer, type Ran, run } from "../testing/command-line.ts";
import { Random } from "../testing/random.ts";
import { readJsonVector, readVector, vectorsMissing } from "../testing/vectors.ts";

const WITH_COINS = ["main-300025", "main-866342", "test-928816", "test-928848", "test-928849"];
const FLIPS = 4;

/** One spent coin of the file: satoshis, script, height, coinbase. */
type SpentRow = [number, string, number | null, boolean | null];

const directory = mkdtempSync(join(tmpdir(), "compeer-verify-"));
after(() => rmSync(directory, { recursive: true }));

function verifyBlock(...words: readonly string[]): Promise<Ran> {
  return run(compeer, ["verify-block", ...words]);
}

function written(name: string, content: Uint8Array | string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** A real block with everything that the command wants to know. */
class Subject {
  readonly raw: Uint8Array;
  readonly coins: SpentRow[];
  readonly #chain: string;
  readonly #height: string;

  constructor(file: string) {
    this.raw = new Uint8Array(readVector(`blocks/${file}.raw`));
    this.coins = readJsonVector<{ spent: SpentRow[] }>(`blocks/${file}.spent.json`).spent;
    const [chain = "", height = ""] = file.split("-");
    this.#chain = chain;
    this.#height = height;
  }

  get block(): Block {
    return decodeBlock(this.raw);
  }

  verify({
    raw = this.raw,
    coins = this.coins,
    height = this.#height,
    more = [] as readonly string[],
  } = {}): Promise<Ran> {
    const spent = written("spent.json", JSON.stringify(coins));
    const block = written("block", raw);
    const words = ["--spent", spent, "--height", height, "--chain", this.#chain, ...more];
    return verifyBlock(block, ...words);
  }
}

function assertRefused({ status, stdout, stderr }: Ran, reason: string): void {
  assert.equal(stderr, "");
  const [, said] = /^verdict +INVALID: (.*)$/m.exec(stdout) ?? [];
  assert.equal(said?.split(",", 1)[0]?.startsWith(reason), true, `${reason}: ${stdout}`);
  assert.equal(status, 1);
}

function assertUnreadable({ status, stdout, stderr }: Ran, words: RegExp): void {
  assert.match(stderr, words);
  assert.match(stderr, /^verify-block: [^\n]+\n$/);
  assert.equal(stdout, "");
  assert.equal(status, 2);
}

/** The first rule that one changed bit breaks, told from where it is; null when nothing decodes. */
function brokenRule(raw: Uint8Array, whole: Block, at: number): string | null {
  if (at < 80) return "high-hash";
  try {
    const { txids } = decodeBlock(raw);
    return equalBytes(txids, whole.txids) ? "bad-witness-merkle-match" : "bad-txnmrklroot";
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function flipped(raw: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = raw.slice();
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

describe("compeer verify-block", { skip: vectorsMissing }, () => {
  for (const file of WITH_COINS)
    it(`finds ${file} valid, and refuses copies with one wrong bit for the rule that it breaks`, async (t) => {
      const subject = new Subject(file);
      const { block } = subject;
      const { status, stdout, stderr } = await subject.verify();
      assert.equal(stderr, "");
      assert.match(stdout, /^verdict +valid$/m);
      assert.match(stdout, new RegExp(`^transactions +${block.transactions.length}$`, "m"));
      assert.match(stdout, new RegExp(`^inputs +${subject.coins.length} scripts run$`, "m"));
      assert.equal(status, 0);

      const random = new Random(subject.raw.length);
      const { length } = subject.raw;
      const places = [
        4,
        36,
        76,
        ...Array.from({ length: FLIPS }, () => 81 + random.below(length - 81)),
      ];
      for (const at of places) {
        const raw = flipped(subject.raw, at, random.below(8));
        const rule = brokenRule(raw, block, at);
        t.diagnostic(`byte ${at}: ${rule ?? "unreadable"}`);
        const verdict = await subject.verify({ raw });
        if (rule === null) assertUnreadable(verdict, /./);
        else assertRefused(verdict, rule);
      }
    });

  it("refuses a block whose spent coins are others, naming the input whose script fails", async () => {
    const subject = new Subject("main-866342");
    const { block, coins } = subject;
    const row = coins.findIndex(([, script]) => /^0014.{40}$/.test(script));
    const [value, script, height] = coins[row] as SpentRow;
    const withCoin = (coin: SpentRow) => subject.verify({ coins: coins.with(row, coin) });

    const wrongAmount = await withCoin([value + 1, script, height, false]);
    assertRefused(wrongAmount, "block-script-verify-flag-failed");
    const input = 1 + row; // the coinbase's comes first
    const tx = block.transactions.findLast(({ firstInput }) => firstInput <= input);
    assert.ok(tx !== undefined);
    const place = `transaction ${tx.index}, input ${input - tx.firstInput}`;
    assert.match(wrongAmount.stdout, new RegExp(`^failed at +${place}$`, "m"));

    const otherKey = script.replace(/..$/, (end) => (end === "00" ? "01" : "00"));
    assertRefused(await withCoin([value, otherKey, height, false]), "block-script-verify-flag");
    assertRefused(await withCoin([0, script, height, false]), "bad-txns-in-belowout");
    const young: SpentRow = [value, script, 866342 - 99, true];
    assertRefused(await withCoin(young), "bad-txns-premature-spend-of-coinbase");
    assertRefused(await subject.verify({ height: "866343" }), "bad-cb-height");
  });

  it("says in one line, with status 2, why it cannot read the question", async () => {
    const subject = new Subject("main-300025");
    const { raw, coins } = subject;
    assertUnreadable(await subject.verify({ raw: raw.subarray(0, -1) }), /./);
    assertUnreadable(await subject.verify({ raw: Buffer.concat([raw, raw.subarray(0, 1)]) }), /./);
    assertUnreadable(await subject.verify({ raw: new Uint8Array(0) }), /./);
    assertUnreadable(await subject.verify({ coins: coins.slice(1) }), /1426 spent coins .* 1427/);
    assertUnreadable(await subject.verify({ coins: [] }), /0 spent coins/);
    assertUnreadable(await subject.verify({ height: "-1" }), /--height|ambiguous/);
    assertUnreadable(await subject.verify({ height: "x" }), /--height wants a whole number/);

    const block = written("whole", raw);
    const spent = written("list.json", "[");
    assertUnreadable(await verifyBlock(block, "--spent", spent, "--height", "1"), /JSON/);
    const absent = join(directory, "absent");
    assertUnreadable(
      await verifyBlock(absent, "--spent", spent, "--height", "1"),
      /ENOENT.*absent/,
    );
    assertUnreadable(
      await verifyBlock(block, "--spent", absent, "--height", "1"),
      /ENOENT.*absent/,
    );
    assertUnreadable(await verifyBlock(directory, "--spent", spent, "--height", "1"), /EISDIR/);
    assertUnreadable(await verifyBlock(block, "--height", "1"), /--spent FILE/);
    assertUnreadable(await verifyBlock(block, "--spent", spent), /--height/);
    assertUnreadable(await verifyBlock("--spent", spent), /name one block file/);
    assertUnreadable(
      await verifyBlock(block, "--chain", "lite", "--spent", spent),
      /no chain lite/,
    );
    assertUnreadable(await verifyBlock("--color"), /Unknown option '--color'/);
  });

  it("reads a block as hex too, and on as many threads as it is told", async () => {
    const { raw, coins } = new Subject("main-300025");
    const block = written("hex", `${Buffer.from(raw).toString("hex")}\n`);
    const spent = written("coins.json", JSON.stringify({ spent: coins }));
    const words = [block, "--spent", spent, "--height", "300025", "--threads", "1"];
    const { status, stdout } = await verifyBlock(...words);
    assert.match(stdout, /, 1 threads$/m);
    assert.equal(status, 0);
  });

  it("checks by the backend that is named, and says which there are for one that is not", async () => {
    const subject = new Subject("test-928816");
    for (const { name } of signatureBackends()) {
      const { status, stdout } = await subject.verify({ more: ["--backend", name] });
      assert.ok(stdout.includes(`${name}, `), stdout);
      assert.match(stdout, /^verdict +valid$/m);
      assert.equal(status, 0);
    }
    assertUnreadable(
      await subject.verify({ more: ["--backend", "openssl"] }),
      /no signature backend named openssl loads here; there are: .*noble/,
    );
  });

  it("tells how it is used: with status 2 when nothing was asked", async () => {
    const [bare, asked] = [await verifyBlock(), await verifyBlock("--help")];
    assert.match(asked.stdout, /^compeer verify-block FILE --spent FILE --height N/);
    assert.equal(bare.stdout, asked.stdout);
    assert.deepEqual([bare.status, asked.status], [2, 0]);
  });
});
