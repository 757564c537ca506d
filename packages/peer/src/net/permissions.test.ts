import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  parsePermissions,
  parseSubnet,
  permissionNames,
  resolveImplicit,
  Whitelist,
} from "./permissions.ts";

const DEFAULTS = { whitelistRelay: true, whitelistForceRelay: false };

describe("permissions", () => {
  it("include what they imply, in getpeerinfo's order", () => {
    const { permissions } = parsePermissions("forcerelay,noban@1.2.3.4");
    assert.deepEqual(permissionNames(permissions), ["noban", "forcerelay", "relay", "download"]);
  });

  it("stand for noban, relay, mempool and download when none is named", () => {
    const permissions = resolveImplicit(parsePermissions("127.0.0.1").permissions, DEFAULTS);
    assert.deepEqual(permissionNames(permissions), ["noban", "relay", "mempool", "download"]);
  });

  it("are refused in Core's words", () => {
    assert.throws(() => parsePermissions("oops@1.2.3.4"), /Invalid P2P permission: 'oops'/);
    assert.throws(() => parsePermissions("in@1.2.3.4"), /Only direction was set, no permissions/);
    assert.throws(() => new Whitelist(["noban@127.0.0.1:230"]), /Invalid netmask specified in/);
  });

  it("go by subnet and direction", () => {
    const list = new Whitelist([
      "noban@10.0.0.0/8",
      "relay,out@::1",
      "addr@192.168.0.0/255.255.0.0",
    ]);
    assert.deepEqual(permissionNames(list.permissionsOf("10.9.9.9", true)), ["noban", "download"]);
    assert.deepEqual(permissionNames(list.permissionsOf("10.9.9.9", false)), []);
    assert.deepEqual(permissionNames(list.permissionsOf("::1", false)), ["relay"]);
    assert.deepEqual(permissionNames(list.permissionsOf("192.168.7.7", true)), ["addr"]);
  });

  it("of any text are permissions or a RangeError", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("noban", "all", "in", "out", ",", "@", "::1"),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        try {
          new Whitelist([words.join("")]).permissionsOf("1.2.3.4", true);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
    );
  });
});

describe("parseSubnet", () => {
  it("holds the addresses that share its first bits and no others", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (a, b, bits) => {
        const shared = bits === 0 || (number(a) ^ number(b)) >>> (32 - bits) === 0;
        assert.equal(parseSubnet(`${a}/${bits}`).check(b), shared);
      }),
    );
  });

  it("of any text is a subnet or a RangeError", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom("/", "8"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        try {
          parseSubnet(pieces.join(""));
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
    );
  });
});

function number(host: string): number {
  return host.split(".").reduce((value, part) => value * 256 + Number(part), 0) | 0;
}
