import { describe, it } from "node:test";
import { bitcoindMissing } from "../testing/bitcoind.ts";
import { runSoak } from "../testing/soak/run-soak.ts";

describe("a mesh of two compeers and two bitcoinds", { skip: bitcoindMissing }, () => {
  it("survives a day of kills, reorganisations and floods", (t) =>
    runSoak(t, { kinds: ["compeer", "compeer", "bitcoind", "bitcoind"], seconds: 60 }));
});
