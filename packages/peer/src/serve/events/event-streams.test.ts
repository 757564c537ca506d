import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, it } from "node:test";
import type { Scope } from "../page/scopes.ts";
import { EventHub } from "./event-hub.ts";
import { EventStreams } from "./event-streams.ts";
import type { Topic } from "./topics.ts";

/** A browser that reads as fast as the test lets it. */
class FakeBrowser extends EventEmitter {
  readonly written: string[] = [];
  isSlow = false;
  writableLength = 0;
  isGone = false;

  writeHead(): void {}

  write(text: string): boolean {
    this.written.push(text);
    if (this.isSlow) this.writableLength += text.length;
    return !this.isSlow;
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.emit("close");
  }

  readAll(): void {
    this.isSlow = false;
    this.writableLength = 0;
    this.emit("drain");
  }

  /** What came, by topic. */
  get topics(): string[] {
    return this.written.flatMap((text) => /^event: (\w+)$/m.exec(text)?.[1] ?? []);
  }
}

class Fixture {
  readonly hub = new EventHub();
  wanted: readonly Topic[] = [];
  readonly streams = new EventStreams(this.hub, {
    current: (topic) => (topic === "tip" ? { height: 7 } : null),
    want: (topics) => {
      this.wanted = [...topics];
    },
  });

  open(topics: string, scope: Scope = "spend", lastId = "", id = "a"): FakeBrowser {
    const browser = new FakeBrowser();
    const response = browser as unknown as ServerResponse;
    const isOpen = this.streams.open(response, topics.split(","), { id, scope }, lastId);
    if (!isOpen) browser.isGone = true;
    return browser;
  }
}

describe("EventStreams", () => {
  it("begins with how things are, goes on with what comes, and only of the topics asked for", () => {
    const { hub, streams, open } = bound();
    const browser = open("tip,fees");
    hub.publish("fees", 1);
    hub.publish("mempool", 2);
    hub.publish("tip", { height: 8 });
    assert.deepEqual(browser.topics, ["tip", "fees", "tip"]);
    assert.match(
      browser.written.at(-1) ?? "",
      /^event: tip\nid: [0-9a-f]{8}-3\ndata: \{"height":8\}\n\n$/,
    );
    streams.close();
    assert.equal(browser.isGone, true);
  });

  it("hands what was missed to who comes back, then how things are", () => {
    const { hub, streams, open } = bound();
    hub.publish("tip", 1);
    const { lastId } = hub;
    hub.publish("wallet", { wallet: "w", txid: null });
    hub.publish("tip", 2);
    assert.deepEqual(open("tip,wallet", "spend", lastId).topics, ["wallet", "tip", "tip"]);
    assert.deepEqual(open("tip,wallet", "view", lastId).topics, ["tip", "tip"]);
    streams.close();
  });

  it("gives a session the topics of its scope", () => {
    const fixture = bound();
    fixture.open("tip,wallet,log,nonsense", "view");
    assert.deepEqual(fixture.wanted(), ["tip"]);
    fixture.open("wallet,log", "wallet", "", "b");
    assert.deepEqual(fixture.wanted(), ["tip", "wallet"]);
    fixture.streams.closeOf("a");
    assert.deepEqual(fixture.wanted(), ["wallet"]);
    fixture.streams.close();
    assert.deepEqual(fixture.wanted(), []);
  });

  it("keeps the latest state and the last happenings for a slow reader, and no more", () => {
    const { hub, streams, open } = bound();
    const browser = open("fees,wallet");
    browser.isSlow = true;
    hub.publish("fees", 0);
    const before = browser.written.length;
    for (let i = 1; i <= 1000; i++) {
      hub.publish("fees", i);
      hub.publish("wallet", { wallet: "w", txid: String(i) });
    }
    assert.equal(browser.written.length, before);
    browser.readAll();
    const late = browser.written.slice(before);
    assert.equal(late.length, 257);
    assert.match(late[0] ?? "", /"txid":"745"/);
    assert.match(late.at(-1) ?? "", /data: 1000\n/);
    streams.close();
  });

  it("lets go of a reader that holds up a megabyte", () => {
    const { hub, streams, open } = bound();
    const browser = open("log");
    browser.isSlow = true;
    hub.publish("log", { lines: ["x".repeat(1_000_001)] });
    assert.equal(browser.isGone, true);
    streams.close();
  });

  it("opens sixteen streams of a session and sixty-four in all", () => {
    const { streams, open } = bound();
    const ofOne = Array.from({ length: 20 }, () => open("tip"));
    assert.equal(ofOne.filter(({ isGone }) => !isGone).length, 16);
    const others = Array.from({ length: 100 }, (_, i) => open("tip", "view", "", `s${i}`));
    assert.equal(others.filter(({ isGone }) => !isGone).length, 48);
    streams.close();
  });
});

function bound(): {
  hub: EventHub;
  streams: EventStreams;
  open: Fixture["open"];
  wanted(): readonly Topic[];
} {
  const fixture = new Fixture();
  const { hub, streams } = fixture;
  return { hub, streams, open: fixture.open.bind(fixture), wanted: () => fixture.wanted };
}
