// Puts the compiled peer into a few files: importing four hundred takes longer than starting the peer.
// The daemon runs these; the library and the tests import the single files. Then the page.
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const PEER = "packages/peer/dist";

/** Modules that only write WebAssembly code: the bundle holds what they wrote. */
const writtenCode = {
  name: "written-code",
  setup({ onLoad }) {
    onLoad({ filter: /-code\.js$/ }, async ({ path }) => {
      const exported = Object.entries(await import(pathToFileURL(path)));
      const lines = exported.map(([name, bytes]) => {
        const text = Buffer.from(bytes).toString("base64");
        return `export const ${name} = new Uint8Array(Buffer.from("${text}", "base64"));`;
      });
      return { contents: lines.join("\n") };
    });
  },
};

await build({
  entryPoints: [
    `${PEER}/main.js`,
    `${PEER}/verify-block.js`,
    `${PEER}/chain/script-worker.js`,
    `${PEER}/chain/signature-worker.js`,
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
  // Packages with native parts find those beside themselves; CommonJS asks for Node's modules while it runs.
  external: ["classic-level", "koffi", "libsql", "multicast-dns", "secp256k1"],
  plugins: [writtenCode],
  logLevel: "warning",
});

await import("./bundle-page.mjs");
