import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compeerCli, run } from "../testing/command-line.ts";
import { absent, countAbsent, type GoldenServer, goldenServer } from "../testing/golden-server.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Row {
  readonly args: readonly string[];
  readonly stdin: string | null;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Methods of a part that we do not have yet. */
const OF_WALLETS =
  /^(createwallet|encryptwallet|getbalance|loadwallet|sendtoaddress|unloadwallet|walletpassphrase)$/;

const rows = vectorsMissing === false ? readJsonVector<Row[]>("core/golden/cli.json") : [];

describe("transcripts of bitcoin-cli", { skip: vectorsMissing }, () => {
  let server: GoldenServer;
  const directory = mkdtempSync(join(tmpdir(), "compeer-cli-"));
  before(async () => {
    server = await goldenServer();
    const { username, password, port } = server.url;
    const conf = `regtest=1\nrpcuser=${username}\nrpcpassword=${decodeURIComponent(password)}\n[regtest]\nrpcport=${port}\n`;
    writeFileSync(join(directory, "bitcoin.conf"), conf);
  });
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  it("are 44, 18 of them about parts that are absent so far", () => {
    assert.equal(rows.length, 44);
    assert.deepEqual(countAbsent(rows, absentPart), { addresses: 1, wallet: 17 });
  });

  for (const row of rows) {
    it(row.args.join(" ") || "(nothing)", { skip: absent(absentPart(row)) }, async () => {
      const args = [`-datadir=${directory}`, ...row.args];
      const { status, stdout, stderr } = await run(compeerCli, args, { stdin: row.stdin ?? "" });
      assert.equal(status, row.exit, stderr);
      assert.equal(comparable(stderr), comparable(row.stderr));
      assert.equal(comparable(stdout), comparable(row.stdout));
    });
    if (minesTo(row) !== undefined && absent(absentPart(row)) !== false)
      it("(the block that the wallet would have been paid, mined without it)", async () => {
        const words = ["generatetoaddress", "1", minesTo(row) as string];
        const { status, stderr } = await run(compeerCli, [`-datadir=${directory}`, ...words]);
        assert.equal(status, 0, stderr);
      });
  }
});

/** What the row asks and we do not have yet; null for what is there. */
function absentPart({ args }: Row): "addresses" | "wallet" | null {
  if (args.includes("-addrinfo")) return "addresses";
  return args.some((arg) => arg === "-generate" || OF_WALLETS.test(arg)) ? "wallet" : null;
}

/** The address that a row has blocks mined to. */
function minesTo({ stdout }: Row): string | undefined {
  return /^ {2}"address": "(.*)",$/m.exec(stdout)?.[1];
}

/** Help and version texts are in our own words: what comes before their first empty line counts. */
function comparable(text: string): string {
  if (/version v/.test(text)) return "(a version)\n";
  if (/^(error code: -1\nerror message:\n)?get\w+( \w+)?\n\n/.test(text))
    return text.split("\n\n", 1)[0] as string;
  return DIFFERENT.reduce((rest, pattern) => rest.replace(pattern, ""), text);
}

/** What tells of the program, the moment, or a part that we do not have. */
const DIFFERENT: readonly RegExp[] = [
  /(?<=^Version: )\d+$/m,
  /(?<=^Verification progress: ).*$/m,
  /^Wallet: .*\n.*\n.*\n\nBalance: .*\n\n/m,
  /^.* client .* - server \d+\/.*\/$/m,
  /, p2p v2$/m,
  /(?<="(bestblockhash|time|mediantime|verificationprogress)": ).*$/gm,
  /(?<="warnings": \[)[^\]]*/,
];
