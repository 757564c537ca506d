import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventHub } from "./event-hub.ts";

describe("EventHub", () => {
  it("hands over what came after a message, in order", () => {
    const hub = new EventHub();
    hub.publish("tip", { height: 1 });
    const { lastId } = hub;
    assert.deepEqual(hub.since(lastId), []);
    hub.publish("tip", { height: 2 });
    hub.publish("wallet", { wallet: "a", txid: null });
    const missed = hub.since(lastId).map(({ data }) => data);
    assert.deepEqual(missed, ['{"height":2}', '{"wallet":"a","txid":null}']);
  });

  it("keeps the last 1,024 messages and gives them to who was away longer", () => {
    const hub = new EventHub();
    hub.publish("tip", 0);
    const { lastId } = hub;
    for (let i = 1; i <= 3000; i++) hub.publish("tip", i);
    const missed = hub.since(lastId);
    assert.deepEqual(
      [missed.length, missed.at(0)?.data, missed.at(-1)?.data],
      [1024, "1977", "3000"],
    );
  });

  it("knows nothing of ids of another run, and of none", () => {
    const [one, other] = [new EventHub(), new EventHub()];
    one.publish("tip", 1);
    other.publish("tip", 1);
    for (const id of [
      "",
      "1",
      "-1",
      `${other.lastId}`,
      `${one.lastId}0`,
      one.lastId.replace(/\d+$/, "x"),
    ])
      assert.deepEqual(one.since(id), [], id);
  });
});
