import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { PageFiles } from "./page-files.ts";

const directory = mkdtempSync(join(tmpdir(), "compeer-files-"));
after(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, "assets"));
for (const [name, text] of [
  ["index.html", "shell"],
  ["robots.txt", "robots"],
  ["assets/a-1.js", "plain"],
  ["assets/a-1.js.br", "brotli"],
  ["assets/a-1.js.gz", "gzip"],
] as const)
  writeFileSync(join(directory, name), text);

async function get(path: string, accepted = ""): Promise<Record<string, unknown>> {
  const sent: Record<string, unknown> = {};
  const response = {
    setHeader: (name: string, value: unknown) => {
      sent[name] = value;
    },
    end: (body: Buffer | undefined) => {
      sent["the body"] = body?.toString();
    },
  };
  const request = { method: "GET", headers: { "accept-encoding": accepted } };
  const files = new PageFiles(directory);
  await files.send(
    path,
    request as unknown as IncomingMessage,
    response as unknown as ServerResponse,
  );
  return sent;
}

describe("PageFiles", () => {
  it("sends what carries a hash in its name to stay, other files to be asked for again", async () => {
    const hashed = await get("/assets/a-1.js");
    assert.equal(hashed["Cache-Control"], "max-age=31536000, immutable");
    assert.equal(hashed["Content-Type"], "text/javascript; charset=utf-8");
    assert.equal(hashed["the body"], "plain");
    assert.equal((await get("/robots.txt", "br"))["Cache-Control"], "no-cache");
  });

  it("sends the form that was packed before, as the browser takes it", async () => {
    for (const [accepted, encoding, body] of [
      ["gzip, deflate, br", "br", "brotli"],
      ["gzip", "gzip", "gzip"],
      ["br;q=0, gzip", "gzip", "gzip"],
      ["identity", undefined, "plain"],
    ] as const) {
      const sent = await get("/assets/a-1.js", accepted);
      assert.deepEqual([sent["Content-Encoding"], sent["the body"]], [encoding, body], accepted);
    }
    const plain = await get("/robots.txt", "br, gzip");
    assert.deepEqual([plain["Content-Encoding"], plain["the body"]], [undefined, "robots"]);
  });

  it("has the files of its folder, and the shell for itself", () => {
    const files = new PageFiles(directory);
    assert.equal(files.shell(), "shell");
    assert.equal(files.has("/assets/a-1.js"), true);
    for (const path of [
      "/index.html",
      "/absent.js",
      "/assets",
      "/assets/../robots.txt",
      "robots.txt",
    ])
      assert.equal(files.has(path), false, path);
    const nowhere = new PageFiles(join(directory, "nowhere"));
    assert.deepEqual([nowhere.shell(), nowhere.has("/robots.txt")], [null, false]);
  });
});
