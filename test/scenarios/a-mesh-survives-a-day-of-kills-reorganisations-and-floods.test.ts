import { it } from "node:test";
import { runSoak, soakMissing } from "../testing/soak/run-soak.ts";

/** With bitcoinds among the mesh: test/conformance/bitcoind-soak.test.ts. */
it(
  "a mesh of four survives a day of kills, reorganisations and floods",
  {
    skip: soakMissing,
  },
  (t) => runSoak(t, ["compeer", "compeer", "compeer", "compeer"]),
);
