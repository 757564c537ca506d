import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCsrf, PageSessions } from "./page-sessions.ts";

const DAY = 86_400;

describe("PageSessions", () => {
  it("opens one session a link, and finds it by its secret only", () => {
    const sessions = new PageSessions(() => 1000);
    const { token, expires } = sessions.newLink("wallet");
    assert.equal(expires, 1600);
    const opened = sessions.login(token, "Browser/1");
    assert.ok(opened !== null);
    const { id, scope, agent, since } = opened.session;
    assert.deepEqual({ scope, agent, since }, { scope: "wallet", agent: "Browser/1", since: 1000 });
    assert.equal(sessions.login(token, ""), null);
    assert.equal(sessions.find(opened.secret), opened.session);
    for (const wrong of ["", token, id, opened.csrf, `${opened.secret}x`])
      assert.equal(sessions.find(wrong), null);
  });

  it("lets a link wait for ten minutes, and a session idle for thirty days", () => {
    let now = 0;
    const sessions = new PageSessions(() => now);
    const [early, late] = [sessions.newLink("view"), sessions.newLink("view")];
    now = 600;
    const opened = sessions.login(early.token, "");
    assert.ok(opened !== null);
    now = 601;
    assert.equal(sessions.login(late.token, ""), null);
    now += 29 * DAY;
    assert.ok(sessions.find(opened.secret) !== null);
    now += 29 * DAY;
    assert.ok(sessions.find(opened.secret) !== null, "use keeps it open");
    now += 31 * DAY;
    assert.equal(sessions.find(opened.secret), null);
    assert.deepEqual(sessions.list(), []);
  });

  it("keeps a bounded number of links and sessions, the newest", () => {
    const sessions = new PageSessions(() => 0);
    const first = sessions.newLink("view");
    const secrets: string[] = [];
    for (let i = 0; i < 100; i++) {
      const opened = sessions.login(sessions.newLink("view").token, "x".repeat(1000));
      secrets.push(opened?.secret ?? "");
    }
    assert.ok(sessions.login(first.token, "") !== null);
    for (let i = 0; i < 16; i++) sessions.newLink("view");
    assert.equal(sessions.list().length, 64);
    assert.equal(sessions.find(secrets[0] ?? ""), null);
    assert.ok(sessions.find(secrets[99] ?? "") !== null);
    assert.ok(sessions.list().every(({ agent }) => agent.length <= 200));
  });

  it("ends a session by its id, and tells who listens", () => {
    const sessions = new PageSessions(() => 0);
    const opened = sessions.login(sessions.newLink("spend").token, "");
    const ended: string[] = [];
    sessions.ended.on((id) => ended.push(id));
    const id = opened?.session.id ?? "";
    assert.deepEqual([sessions.end(id), sessions.end(id)], [true, false]);
    assert.deepEqual(ended, [id]);
    assert.equal(sessions.find(opened?.secret ?? ""), null);
  });

  it("W01: compares the second secret without telling where it differs", () => {
    const sessions = new PageSessions(() => 0);
    const opened = sessions.login(sessions.newLink("spend").token, "");
    assert.ok(opened !== null);
    const { session, csrf } = opened;
    assert.equal(hasCsrf(session, csrf), true);
    for (const wrong of [undefined, "", csrf.slice(1), `${csrf} `, session.csrfHash])
      assert.equal(hasCsrf(session, wrong), false);
  });
});
