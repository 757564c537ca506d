import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type ConnectionFacts,
  connectionMerits,
  connectionReason,
  wayOf,
} from "./connection-words.ts";

const PLAIN: ConnectionFacts = {
  connection_type: "inbound",
  inbound: true,
  relaytxes: true,
  bip152_hb_from: false,
  bip152_hb_to: false,
  permissions: [],
};

describe("connectionReason", () => {
  it("says each kind of connection in words, and an unknown one as it is", () => {
    assert.equal(connectionReason(PLAIN), "It came to us");
    assert.equal(connectionReason({ ...PLAIN, connection_type: "manual" }), "You named it");
    assert.equal(connectionReason({ ...PLAIN, connection_type: "new-kind" }), "new-kind");
  });
});

describe("connectionMerits", () => {
  it("lists nothing for a plain peer and everything that holds for another", () => {
    assert.deepEqual(connectionMerits(PLAIN), []);
    const merits = connectionMerits({ ...PLAIN, bip152_hb_to: true, permissions: ["noban"] });
    assert.deepEqual(merits, ["allowed: noban", "gives us new blocks first"]);
  });
});

describe("wayOf", () => {
  it("tells network and transport, and nothing of what is not known yet", () => {
    assert.equal(wayOf({ network: "onion", transport_protocol_type: "v2" }), "Tor, v2");
    assert.equal(wayOf({ network: "ipv6", transport_protocol_type: "detecting" }), "IPv6");
    assert.equal(wayOf({}), "");
  });
});
