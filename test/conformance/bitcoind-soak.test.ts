import { describe, it } from "node:test";
import { bitcoindMissing } from "../testing/bitcoind.ts";
import { runSoak, soakMissing } from "../testing/soak/run-soak.ts";

describe("a mesh of two compeers and two bitcoinds", {
  skip: bitcoindMissing || soakMissing,
}, () => {
  it("survives a day of kills, reorganisations and floods", (t) =>
    runSoak(t, ["compeer", "compeer", "bitcoind", "bitcoind"]));
});
