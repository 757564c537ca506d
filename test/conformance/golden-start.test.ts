import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { lockDirectory } from "@compeer/peer/config/datadir-lock";
import { loadSettings } from "@compeer/peer/config/load-settings";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly conf?: string;
}

const rows =
  vectorsMissing === false ? readJsonVector<Row[]>("core/golden/bitcoind_start.json") : [];
const root = mkdtempSync(join(tmpdir(), "compeer-start-"));
after(() => rmSync(root, { recursive: true }));

describe("transcripts of bitcoind's start", { skip: vectorsMissing }, () => {
  it("are 12", () => assert.equal(rows.length, 12));

  for (const row of rows) {
    it(row.name, async () => {
      const { exit, stdout, stderr } = await start(row);
      assert.equal(exit, row.exit);
      assert.equal(stderr, row.stderr.replace("Bitcoin Core", "Compeer"));
      assert.equal(stdout !== "", row.stdout !== "");
    });
  }
});

/** As main does it: settings first, then the lock. The recorded `d` is a directory of a regtest. */
async function start({ args, conf }: Row): Promise<Pick<Row, "exit" | "stdout" | "stderr">> {
  const directory = mkdtempSync(join(root, "case-"));
  for (const [name, text] of [
    ["d", "regtest=1\n"],
    ["e", conf ?? ""],
  ] as const) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, "bitcoin.conf"), text);
  }
  mkdirSync(join(directory, "d", "regtest"));
  const held = await lockDirectory(join(directory, "d", "regtest"));
  try {
    const loaded = loadSettings(args.map((arg) => arg.replace("<tmp>", directory)));
    if ("print" in loaded) return { exit: 0, stdout: loaded.print, stderr: "" };
    await (await lockDirectory(loaded.settings.directories.chain)).release();
    return { exit: 0, stdout: "", stderr: "" };
  } catch (error) {
    const stderr = `Error: ${(error as Error).message}\n`.replaceAll(directory, "<tmp>");
    return { exit: 1, stdout: "", stderr };
  } finally {
    await held.release();
  }
}
