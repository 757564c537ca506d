import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { PageSessions } from "./page-sessions.ts";
import { SessionFile } from "./session-file.ts";

const directory = mkdtempSync(join(tmpdir(), "compeer-sessions-"));
after(() => rmSync(directory, { recursive: true }));

function open(name: string, warnings: string[] = []): PageSessions {
  const log = { warning: (text: string) => void warnings.push(text) };
  return new PageSessions(() => 1000, new SessionFile(join(directory, name), log));
}

describe("SessionFile", () => {
  it("lets a session outlast a restart, and a logout too", () => {
    const before = open("a");
    const [stays, goes] = [0, 1].map(() => before.login(before.newLink("wallet").token, "B"));
    before.end(goes?.session.id ?? "");
    const later = open("a");
    assert.deepEqual(later.find(stays?.secret ?? ""), stays?.session);
    assert.equal(later.find(goes?.secret ?? ""), null);
  });

  it("W03: holds no secret that opens a session, and is for its owner's eyes", () => {
    const sessions = open("b");
    const { token } = sessions.newLink("spend");
    const opened = sessions.login(token, "B");
    const text = readFileSync(join(directory, "b"), "utf8");
    for (const secret of [opened?.secret ?? "?", opened?.csrf ?? "?", token])
      assert.ok(!text.includes(secret));
    assert.equal(statSync(join(directory, "b")).mode & 0o777, 0o600);
  });

  it("reads nothing out of a file that is torn or not its own", () => {
    const good = open("c");
    good.login(good.newLink("view").token, "B");
    const text = readFileSync(join(directory, "c"), "utf8");
    const [session] = JSON.parse(text) as Record<string, unknown>[];
    const wrong = [
      text.slice(0, -5),
      "",
      "null",
      "{}",
      JSON.stringify([null, 1, { ...session, scope: "all" }, { ...session, key: 7 }]),
      JSON.stringify([
        { ...session, lastUse: "soon" },
        { ...session, csrfHash: "AA==" },
      ]),
    ];
    for (const each of wrong) {
      writeFileSync(join(directory, "c"), each);
      assert.deepEqual(open("c").list(), [], each);
    }
  });

  it("lets people in when it cannot be written, and says so", () => {
    const warnings: string[] = [];
    const sessions = open("absent/d", warnings);
    assert.ok(sessions.login(sessions.newLink("view").token, "B") !== null);
    assert.match(warnings.join(), /not saved/);
  });
});
