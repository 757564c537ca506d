import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { NET_CJDNS, type SocketAddress } from "@compeer/protocol/wire/address";
import fc from "fast-check";
import { isInternal, isRoutable, isValid, netClass, networkKind } from "./address-class.ts";
import { formatAddress, formatHost, internalAddress, parseHost } from "./address-text.ts";
import { NetGroups } from "./net-groups.ts";
import { formatSubnet, isInSubnet, parseSubnet, type Subnet } from "./subnet.ts";

const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
const I2P = "ukeu3k5oycgaauneqgtnvselmt4yemvoilkln7jpvamvfx7dnkdq.b32.i2p";

function address(text: string): SocketAddress {
  const parsed = parseHost(text, 8333);
  assert.ok(parsed !== null, text);
  return parsed;
}

describe("addresses", () => {
  it("tell their network, and what leads nowhere", () => {
    assert.equal(networkKind(address("8.8.8.8")), "ipv4");
    assert.equal(networkKind(address("2600::1")), "ipv6");
    assert.equal(networkKind(address(ONION)), "onion");
    assert.equal(networkKind(address(I2P)), "i2p");
    assert.equal(networkKind({ ...address("fc00::1"), network: NET_CJDNS }), "cjdns");
    for (const text of [
      ...["127.0.0.1", "0.1.2.3", "10.1.1.1", "100.64.0.1", "169.254.1.1", "172.16.0.1"],
      ...["192.168.1.1", "198.18.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1"],
      ...["::1", "fd00::1", "fe80::1", "2001:10::1", "2001:20::1", "2001:db8::1"],
    ])
      assert.equal(networkKind(address(text)), "not_publicly_routable", text);
    for (const text of ["0.0.0.0", "255.255.255.255", "::", "2001:db8::1"])
      assert.equal(isValid(address(text)), false, text);
  });

  it("count as IPv4 when they tunnel it", () => {
    for (const text of ["64:ff9b::808:808", "2002:808:808::1", "2001::f7f7:f7f7"])
      assert.equal(netClass(address(text)), "ipv4", text);
  });

  it("stand for names without being anybody's", () => {
    const name = internalAddress("x9.seed.example");
    assert.ok(isInternal(name) && !isValid(name) && !isRoutable(name));
    assert.match(formatHost(name), /^[a-z2-7]{16}\.internal$/);
  });

  it("are read and written alike", () => {
    for (const text of ["1.2.3.4", "2a00:1450::1", ONION, I2P])
      assert.equal(formatHost(address(text)), text);
    assert.equal(formatAddress(address("2600::1")), "[2600::1]:8333");
    assert.equal(formatHost(address("::ffff:1.2.3.4")), "1.2.3.4");
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const once = formatHost(address(text));
        assert.equal(formatHost(address(once)), once);
      }),
    );
  });

  it("are refused when a letter of them is wrong", () => {
    const wrong = ["1.2.3", "seed.example", `q${ONION.slice(1)}`, I2P.slice(1), "::g", ""];
    for (const text of wrong) assert.equal(parseHost(text, 1), null, text);
  });
});

// Core: src/test/netbase_tests.cpp, netbase_getgroup
describe("NetGroups", () => {
  const groups = new NetGroups();
  const groupOf = (text: string): string => encodeHex(groups.groupOf(address(text)));

  it("puts addresses together as Core does", () => {
    for (const text of ["127.0.0.1", "10.0.0.1", "169.254.1.1"]) assert.equal(groupOf(text), "00");
    assert.equal(groupOf("1.2.3.4"), "010102");
    assert.equal(groupOf("64:FF9B::102:304"), "010102");
    assert.equal(groupOf("2002:102:304:9999:9999:9999:9999:9999"), "010102");
    assert.equal(groupOf("2001:0:9999:9999:9999:9999:FEFD:FCFB"), "010102");
    assert.equal(groupOf("2001:470:abcd:9999:9999:9999:9999:9999"), "0220010470af");
    assert.equal(groupOf("2001:2001:9999:9999:9999:9999:9999:9999"), "0220012001");
    assert.equal(encodeHex(groups.groupOf(internalAddress("baz.net"))).slice(0, 2), "06");
  });
});

describe("parseSubnet", () => {
  it("reads addresses, prefixes and masks, and lists them as Core does", () => {
    const texts = [
      ["1.2.3.4", "1.2.3.4/32"],
      ["1.2.3.4/24", "1.2.3.0/24"],
      ["10.0.0.0/255.0.0.0", "10.0.0.0/8"],
      ["2001:4d48:ac57:400:cacf:e9ff:fe1d:9c63/19", "2001:4000::/19"],
      ["::1", "::1/128"],
      [ONION, ONION],
    ] as const;
    for (const [text, listed] of texts)
      assert.equal(formatSubnet(parseSubnet(text) as Subnet), listed);
    const wrong = ["1.2.3.4/33", "::/129", "1.0.0.0/8/9", "1.2.3.4/255.0.255.0", `${ONION}/8`, "x"];
    for (const text of wrong) assert.equal(parseSubnet(text), null, text);
  });

  it("matches what is in it and nothing else", () => {
    const subnet = parseSubnet("1.2.3.0/24") as Subnet;
    assert.ok(isInSubnet(subnet, address("1.2.3.255")));
    assert.ok(!isInSubnet(subnet, address("1.2.4.0")) && !isInSubnet(subnet, address("::1")));
  });
});
