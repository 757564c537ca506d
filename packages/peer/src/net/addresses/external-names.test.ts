import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { Resolver } from "../outbound/resolver.ts";
import { formatAddress } from "./address-text.ts";
import { addExternalNames } from "./external-names.ts";

async function added(names: readonly string[], resolver: Resolver): Promise<string[]> {
  const own: string[] = [];
  const add = (address: SocketAddress): boolean => own.push(formatAddress(address)) > 0;
  await addExternalNames(
    names.map((host) => ({ host, port: 8333 })),
    { add },
    resolver,
  );
  return own;
}

describe("addExternalNames", () => {
  it("takes the first address of each name, and asks for names only", async () => {
    const asked: string[] = [];
    const resolver: Resolver = async (name) => {
      asked.push(name);
      return name === "six.example" ? ["2a00::1", "1.2.3.5"] : ["1.2.3.4"];
    };
    const own = await added(["8.8.8.8", "four.example", "six.example"], resolver);
    assert.deepEqual(own, ["1.2.3.4:8333", "[2a00::1]:8333"]);
    assert.deepEqual(asked, ["four.example", "six.example"]);
  });

  it("fails in bitcoind's words on a name without an address", async () => {
    const message = "Cannot resolve -externalip address: 'nobody.example'";
    const answers: Resolver[] = [
      () => Promise.resolve([]),
      () => Promise.resolve(["0.0.0.0"]),
      () => Promise.reject(new Error("ENOTFOUND")),
    ];
    for (const resolver of answers)
      await assert.rejects(added(["nobody.example"], resolver), { message });
  });
});
