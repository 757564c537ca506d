import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  canonicalHostPort,
  formatHostPort,
  formatSocketAddress,
  type HostPort,
  isLocalHost,
  parseHostPort,
  plainHost,
  toSocketAddress,
} from "./socket-text.ts";

describe("addresses as text", () => {
  it("parse with and without a port", () => {
    assert.deepEqual(parseHostPort("1.2.3.4", 8333), { host: "1.2.3.4", port: 8333 });
    assert.deepEqual(parseHostPort("[::1]:7", 8333), { host: "::1", port: 7 });
    assert.deepEqual(parseHostPort("::1", 8333), { host: "::1", port: 8333 });
    assert.deepEqual(parseHostPort("seed.example:1", 8333), { host: "seed.example", port: 1 });
  });

  it("are none where the port is none", () => {
    for (const text of [
      "1.2.3.4:",
      "1.2.3.4:65536",
      "1.2.3.4:x",
      "[::1]:",
      "a:-1",
      "a:1e3",
      "a:000001",
    ])
      assert.equal(parseHostPort(text, 8333), null, text);
    assert.equal(canonicalHostPort("a:x", 8333), "a:x");
  });

  it("come back from the wire's form as they went in", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.integer({ min: 0, max: 65535 }),
        (host, port) => {
          const address = toSocketAddress({ host, port });
          const text = formatSocketAddress(address);
          assert.deepEqual(toSocketAddress(parseHostPort(text, 0) as HostPort), address);
        },
      ),
    );
  });

  it("tell local and unroutable hosts", () => {
    assert.ok(isLocalHost("127.0.0.2") && isLocalHost("::1") && !isLocalHost("8.8.8.8"));
    assert.equal(plainHost("::ffff:1.2.3.4"), "1.2.3.4");
    assert.equal(formatHostPort({ host: "::1", port: 1 }), "[::1]:1");
  });
});
