import { it } from "node:test";
import { runSoak } from "../testing/soak/run-soak.ts";

/** With bitcoinds among the mesh: test/conformance/bitcoind-soak.test.ts. */
it("a mesh of four survives a day of kills, reorganisations and floods", (t) =>
  runSoak(t, { kinds: ["compeer", "compeer", "compeer", "compeer"], seconds: 30 }));
