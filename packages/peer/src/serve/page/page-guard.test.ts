import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { describe, it } from "node:test";
import { isOwnMachine, refusalOf } from "./page-guard.ts";

const HOST = "127.0.0.1:18463";

function refusal(
  headers: Record<string, string>,
  method = "POST",
  url = "/api/rpc",
): string | null {
  return refusalOf({ headers, method, url } as unknown as IncomingMessage, ["peer.home"]);
}

describe("refusalOf", () => {
  it("W07: answers under names that nobody else can make point here, and no others", () => {
    for (const host of [HOST, "localhost:1", "[::1]:18463", "192.168.1.5", "PEER.home:80"])
      assert.equal(refusal({ host }), null, host);
    for (const host of [
      "",
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil",
      "peer.homes",
    ])
      assert.match(refusal({ host }) ?? "", /host name/, host);
  });

  it("W07: refuses what a page of another site sends, another port of this machine being another site", () => {
    const foreign = ["http://evil.example", "http://127.0.0.1:9", "null", "http://localhost:18463"];
    for (const origin of foreign)
      assert.match(refusal({ host: HOST, origin }) ?? "", /other sites/);
    for (const site of ["cross-site", "same-site"])
      assert.match(refusal({ host: HOST, "sec-fetch-site": site }) ?? "", /other sites/);
    const own = { host: HOST, origin: `http://${HOST}`, "sec-fetch-site": "same-origin" };
    assert.equal(refusal(own), null);
  });

  it("lets a link on another site lead to a page, and to nothing that is not one", () => {
    const visit = {
      host: HOST,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    assert.equal(refusal(visit, "GET", "/tx/00"), null);
    assert.notEqual(refusal(visit, "POST", "/tx/00"), null);
    assert.notEqual(refusal(visit, "GET", "/api/stream"), null);
    assert.notEqual(refusal({ ...visit, "sec-fetch-dest": "iframe" }, "GET", "/tx/00"), null);
    assert.notEqual(
      refusal({ ...visit, "sec-fetch-mode": "no-cors" }, "GET", "/assets/a.js"),
      null,
    );
  });
});

describe("isOwnMachine", () => {
  it("knows the names of the own machine", () => {
    for (const host of ["localhost", "127.0.0.1:80", "127.8.9.1", "[::1]:18463"])
      assert.equal(isOwnMachine(host), true, host);
    for (const host of ["192.168.0.1", "127.evil.example", "localhost.evil", "[::2]"])
      assert.equal(isOwnMachine(host), false, host);
  });
});
