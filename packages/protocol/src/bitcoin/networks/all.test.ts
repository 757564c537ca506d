import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DecodeError } from "../../bytes/decode-error.ts";
import { formatHash } from "../../bytes/hash.ts";
import { encodeHex } from "../../bytes/hex.ts";
import { decodeBlock } from "../block.ts";
import { ALWAYS_ACTIVE, difficultyInterval, NO_TIMEOUT } from "../network.ts";
import { NETWORK_NAMES, networkByName } from "./all.ts";
import type { RegtestOptions } from "./regtest.ts";

describe("networks", () => {
  it("build their first block with the hash that they name", () => {
    for (const name of NETWORK_NAMES) {
      const network = networkByName(name);
      assert.equal(formatHash(decodeBlock(network.genesis).hash), formatHash(network.genesisHash));
      assert.equal(network.name, name);
      assert.ok(Object.isFrozen(network));
    }
  });

  it("differ in magic, ports and folder", () => {
    const networks = NETWORK_NAMES.map((name) => networkByName(name));
    for (const field of [
      networks.map((network) => encodeHex(network.magic)),
      networks.map((network) => network.directory),
      networks.flatMap((network) => [network.p2pPort, network.rpcPort, network.onionPort]),
    ])
      assert.equal(new Set<string | number>(field).size, field.length);
  });

  it("change difficulty every 2016 blocks, regtest every 144", () => {
    assert.deepEqual(
      NETWORK_NAMES.map((name) => difficultyInterval(networkByName(name))),
      [2016, 2016, 2016, 2016, 144],
    );
  });

  it("give the public signet its known magic and every other challenge its own", () => {
    assert.equal(encodeHex(networkByName("signet").magic), "0a03cf40");
    const own = networkByName("signet", { signetChallenge: Uint8Array.of(0x51) });
    assert.equal(encodeHex(own.magic), "54d26fbd");
    assert.deepEqual(own.dnsSeeds, []);
    assert.equal(own.assumeValid, null);
    assert.equal(own.minimumChainWork, 0n);
  });
});

describe("regtest overrides", () => {
  it("set the heights of buried soft forks", () => {
    const names = ["segwit", "bip34", "dersig", "cltv", "csv"];
    const testActivationHeights = names.map((name, i) => `${name}@${100 + i}`);
    const network = networkByName("regtest", { testActivationHeights });
    const { segwitHeight, bip34Height, bip66Height, bip65Height, csvHeight } = network;
    assert.deepEqual(
      [segwitHeight, bip34Height, bip66Height, bip65Height, csvHeight],
      [100, 101, 102, 103, 104],
    );
  });

  it("set the times of a deployment", () => {
    const versionBits = ["testdummy:5:9223372036854775807", "taproot:-1:7:144"];
    const [dummy, taproot] = networkByName("regtest", { versionBits }).deployments;
    assert.deepEqual(
      [dummy?.startTime, dummy?.timeout, dummy?.minActivationHeight],
      [5, NO_TIMEOUT, 0],
    );
    assert.deepEqual(
      [taproot?.startTime, taproot?.timeout, taproot?.minActivationHeight],
      [ALWAYS_ACTIVE, 7, 144],
    );
  });

  it("turn on BIP94 and early pruning", () => {
    const network = networkByName("regtest", { enforceBip94: true, fastPrune: true });
    assert.equal(network.enforceBip94, true);
    assert.equal(network.pruneAfterHeight, 100);
  });

  it("are refused in Core's words when they do not parse", () => {
    const wrong: readonly (readonly [RegtestOptions, string])[] = [
      [
        { testActivationHeights: ["segwit"] },
        "Invalid format (segwit) for -testactivationheight=name@height.",
      ],
      [
        { testActivationHeights: ["segwit@-1"] },
        "Invalid height value (segwit@-1) for -testactivationheight=name@height.",
      ],
      [
        { testActivationHeights: ["csv@2147483647"] },
        "Invalid height value (csv@2147483647) for -testactivationheight=name@height.",
      ],
      [
        { testActivationHeights: ["invalid@1"] },
        "Invalid name (invalid@1) for -testactivationheight=name@height.",
      ],
      [
        { versionBits: ["testdummy:1"] },
        "Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]",
      ],
      [{ versionBits: ["testdummy:a:2"] }, "Invalid nStartTime (a)"],
      [
        { versionBits: ["testdummy:1:9223372036854775808"] },
        "Invalid nTimeout (9223372036854775808)",
      ],
      [{ versionBits: ["testdummy:1:2:"] }, "Invalid min_activation_height ()"],
      [{ versionBits: ["segwit:1:2"] }, "Invalid deployment (segwit)"],
    ];
    for (const [options, message] of wrong)
      assert.throws(
        () => networkByName("regtest", options),
        (error) => {
          assert.ok(error instanceof DecodeError);
          assert.equal(error.message, message);
          return true;
        },
      );
  });
});
