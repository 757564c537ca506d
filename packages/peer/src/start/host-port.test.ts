import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostPort } from "./host-port.ts";

describe("hostPort", () => {
  it("reads numeric addresses and localhost, with and without a port", () => {
    assert.deepEqual(hostPort("1.2.3.4", 7), { host: "1.2.3.4", port: 7 });
    assert.deepEqual(hostPort("1.2.3.4:0", 7), { host: "1.2.3.4", port: 0 });
    assert.deepEqual(hostPort("[::1]:65535", 7), { host: "::1", port: 65_535 });
    assert.deepEqual(hostPort("::1", 7), { host: "::1", port: 7 });
    assert.deepEqual(hostPort("localhost:5", 7), { host: "127.0.0.1", port: 5 });
  });

  it("refuses names and ports that are none", () => {
    for (const text of [
      "",
      ":5",
      "example.org",
      "1.2.3.4:",
      "1.2.3.4:65536",
      "1.2.3.4:x",
      "[::1",
      "[::1]x",
    ])
      assert.equal(hostPort(text, 7), null, text);
  });
});
