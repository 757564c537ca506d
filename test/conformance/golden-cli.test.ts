import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type GoldenServer, goldenServer } from "../testing/golden-server.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Row {
  readonly args: readonly string[];
  readonly stdin: string | null;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Methods and commands that the server without a chain can answer. */
const WITHOUT_CHAIN = ["getblockcount", "getblockhash", "nope", "help", "echo", "echojson"];

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

  it("are 44", () => assert.equal(rows.length, 44));

  for (const row of rows) {
    it(row.args.join(" ") || "(nothing)", async (test) => {
      if (server.withoutChain && needsChain(row)) return test.skip("needs a peer: COMPEER_RPC");
      const ran = await run([`-datadir=${directory}`, ...row.args], row.stdin);
      assert.equal(ran.exit, row.exit, ran.stderr);
      assert.equal(comparable(ran.stderr), comparable(row.stderr));
      assert.equal(comparable(ran.stdout), comparable(row.stdout));
    });
  }
});

function needsChain({ args }: Row): boolean {
  const method = args.find((arg) => !arg.startsWith("-"));
  if (method === undefined)
    return args.some((arg) => /^-(getinfo|netinfo|addrinfo|generate)$/.test(arg));
  return args.includes("-generate") || !WITHOUT_CHAIN.includes(method);
}

/** Help and version texts are in our own words: what comes before their first empty line counts. */
function comparable(text: string): string {
  if (/version v/.test(text)) return "(a version)\n";
  return /^(error code: -1\nerror message:\n)?get\w+( \w+)?\n\n/.test(text)
    ? (text.split("\n\n", 1)[0] as string)
    : text;
}
