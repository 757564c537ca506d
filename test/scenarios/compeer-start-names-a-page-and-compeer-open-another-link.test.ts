import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { compeer, run } from "../testing/command-line.ts";
import { freePort } from "../testing/free-port.ts";
import { until } from "../testing/peers.ts";

interface Session {
  readonly authenticated: boolean;
  readonly scopes: readonly string[];
  readonly chain: string;
}

async function login(link: string): Promise<Session> {
  const { origin, hash, pathname } = new URL(link);
  assert.equal(pathname, "/login");
  const response = await fetch(`${origin}/api/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: hash.slice(1) }),
  });
  assert.equal(response.status, 200);
  return (await response.json()) as Session;
}

it("compeer start names a page that opens, and compeer open another link to it", async () => {
  const home = mkdtempSync(join(tmpdir(), "compeer-home-"));
  const env = { ...process.env, HOME: home };
  const place = [`-datadir=${home}`, `-rpcport=${await freePort()}`];
  const apart = [`-port=${await freePort()}`, `-pageport=${await freePort()}`, "-connect=0"];
  const args = [compeer, "start", "-par=1", "-bind=127.0.0.1", ...place, ...apart];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  try {
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    const link = (): string => /^ {2}page {4}(http:\S+)$/m.exec(output)?.[1] ?? "";
    await until(`the link is told: ${output}`, () => link() !== "");
    assert.doesNotMatch(output, /UpdateTip|init message/, "the log is in its file");
    const { authenticated, scopes, chain } = await login(link());
    assert.deepEqual(
      [authenticated, scopes, chain],
      [true, ["view", "wallet", "spend"], "regtest"],
    );

    const opened = await run(compeer, ["open", "--print", "--view", ...place], { env });
    assert.match(opened.stdout, /^Open this once:\n {2}http:\S+\n$/);
    assert.deepEqual((await login(opened.stdout.trim().split(/\s+/).at(-1) ?? "")).scopes, [
      "view",
    ]);

    const ended = once(child, "exit");
    await run(compeer, ["stop", ...place], { env });
    assert.deepEqual(await ended, [0, null]);
  } finally {
    child.kill("SIGKILL");
    rmSync(home, { recursive: true });
  }
});
