// Puts the compiled peer into a few files: importing four hundred takes longer than starting the peer.
// The daemon runs these; the library and the tests import the single files.
import { build } from "esbuild";

const PEER = "packages/peer/dist";

await build({
  entryPoints: [
    `${PEER}/main.js`,
    `${PEER}/verify-block.js`,
    `${PEER}/chain/script-worker.js`,
    `${PEER}/mining/grind-worker.js`,
  ],
  outdir: `${PEER}/bundle`,
  entryNames: "[name]",
  bundle: true,
  splitting: true,
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Packages with native parts find those beside themselves.
  external: ["classic-level", "koffi", "secp256k1"],
  logLevel: "warning",
});
