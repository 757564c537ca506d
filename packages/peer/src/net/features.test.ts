import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Features } from "./features.ts";
import type { Peer } from "./peer.ts";

/** As much of a peer as features look at, and what was sent to it. */
function fakePeer(version = 70017) {
  const sent: object[] = [];
  const peer = { version, isHandshakeDone: false, connection: { send: sent.push.bind(sent) } };
  return { peer: peer as unknown as Peer & { isHandshakeDone: boolean }, sent };
}

const ID = "compeer test";
const data = Uint8Array.of(1);

describe("Features (BIP434)", () => {
  it("are offered only to who is of version 70017", () => {
    const features = new Features();
    features.offer(ID, data);
    const [old, recent] = [fakePeer(70016), fakePeer()];
    features.announce(old.peer);
    features.announce(recent.peer);
    assert.deepEqual(old.sent, []);
    assert.deepEqual(recent.sent, [{ type: "feature", id: ID, data }]);
  });

  it("are agreed on when both offer them, once the handshake is done", () => {
    const features = new Features();
    features.offer(ID, data);
    const { peer } = fakePeer();
    features.accept(peer, { type: "feature", id: ID, data: Uint8Array.of(7) });
    features.accept(peer, { type: "feature", id: ID, data: Uint8Array.of(8) });
    assert.equal(features.agreed(peer, ID), null);
    peer.isHandshakeDone = true;
    assert.deepEqual(features.agreed(peer, ID), Uint8Array.of(7));
  });

  it("are ignored when they are not ours, or come after verack", () => {
    const features = new Features();
    features.offer(ID, data);
    const { peer } = fakePeer();
    features.accept(peer, { type: "feature", id: "another", data });
    peer.isHandshakeDone = true;
    features.accept(peer, { type: "feature", id: ID, data });
    assert.equal(features.agreed(peer, ID), null);
    assert.equal(features.agreed(peer, "another"), null);
  });
});
