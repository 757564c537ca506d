import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import { networkKind } from "./address-class.ts";
import { formatAddress, parseHost } from "./address-text.ts";
import { LOCAL_INTERFACE, LOCAL_MANUAL, LocalAddresses } from "./local-addresses.ts";
import { ReachableNetworks } from "./reachable-networks.ts";

const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";

function address(text: string, port = 8333): SocketAddress {
  return parseHost(text, port) as SocketAddress;
}

function own(discover: boolean): LocalAddresses {
  const add = (): void => {};
  return new LocalAddresses({
    log: { info: add, debug: add, warning: add, error: add },
    random: { below: () => 0 },
    reachable: new ReachableNetworks(["ipv4", "ipv6", "onion"]),
    discover,
    listen: true,
  });
}

function told(local: LocalAddresses, peer: string, seen: string | null, isInbound = true): string {
  const from = address(peer, 50_000);
  const addressOfUs = seen === null ? null : address(seen, 50_001);
  const listener = { id: 0, isInbound, address: from, network: networkKind(from), addressOfUs };
  const found = local.addressFor(listener, 8333);
  return found === null ? "" : formatAddress(found);
}

describe("LocalAddresses", () => {
  it("tells a peer the address by which it reaches us best", () => {
    const local = own(false);
    for (const text of ["8.8.8.8", "2600::1", ONION]) local.add(address(text), LOCAL_MANUAL);
    assert.equal(told(local, "9.9.9.9", null), "8.8.8.8:8333");
    assert.equal(told(local, "2a00::1", null), "[2600::1]:8333");
    assert.equal(told(local, ONION, null), `${ONION}:8333`);
  });

  it("never tells a hidden address in the open, nor the other way round", () => {
    const hidden = own(false);
    hidden.add(address(ONION), LOCAL_MANUAL);
    assert.equal(told(hidden, "9.9.9.9", null), "");
    const open = own(false);
    open.add(address("8.8.8.8"), LOCAL_MANUAL);
    assert.equal(told(open, ONION, null), "");
  });

  it("believes where peers see us, with our own port when we called them", () => {
    const local = own(true);
    assert.equal(told(local, "9.9.9.9", "7.7.7.7"), "7.7.7.7:50001");
    assert.equal(told(local, "9.9.9.9", "7.7.7.7", false), "7.7.7.7:8333");
    assert.equal(told(own(false), "9.9.9.9", "7.7.7.7"), "");
    assert.equal(told(local, "9.9.9.9", "192.168.1.1"), "");
  });

  it("takes of itself nothing that leads nowhere, and of interfaces nothing without -discover", () => {
    assert.equal(own(true).add(address("192.168.1.1"), LOCAL_MANUAL), false);
    assert.equal(own(false).add(address("8.8.8.8"), LOCAL_INTERFACE), false);
    const local = own(true);
    local.add(address("8.8.8.8"), LOCAL_INTERFACE);
    local.seen(address("8.8.8.8"));
    assert.deepEqual(
      local.list().map(({ score }) => score),
      [2],
    );
  });
});
