// Puts the compiled peer into a few files: importing four hundred takes longer than starting the peer.
// The daemon runs these; the library and the tests import the single files. Then the page.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const PEER = "packages/peer/dist";
const BUNDLE = `${PEER}/bundle`;
const DAEMON = `${BUNDLE}/main.cjs`;

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

/** The binding of LevelDB finds its native part beside itself; all else of that package goes into the bundle. */
const nativeBinding = {
  name: "native-binding",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/binding$/ }, () => ({
      path: "classic-level/binding.js",
      external: true,
    }));
  },
};

const shared = {
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  platform: "node",
  target: "node20",
  // Packages with native parts find those beside themselves.
  external: ["koffi", "libsql", "multicast-dns", "secp256k1"],
  plugins: [writtenCode, nativeBinding],
  logLevel: "warning",
};

rmSync(BUNDLE, { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: [
    `${PEER}/verify-block.js`,
    `${PEER}/chain/script-worker.js`,
    `${PEER}/chain/signature-worker.js`,
    `${PEER}/mining/grind-worker.js`,
  ],
  outdir: BUNDLE,
  entryNames: "[name]",
  splitting: true,
  format: "esm",
});

// The daemon in one file, which is one function: packages/peer/bin/compile-bundle.cjs runs it.
await build({
  ...shared,
  entryPoints: [`${PEER}/main.js`],
  outfile: DAEMON,
  format: "cjs",
  define: { "import.meta.url": "bundleUrl" },
  banner: {
    js: '(function(require,__filename){"use strict";const bundleUrl=require("node:url").pathToFileURL(__filename).href;',
  },
  footer: { js: "})" },
});
execFileSync(process.execPath, ["scripts/compile-daemon.cjs", DAEMON], { stdio: "inherit" });

await import("./bundle-page.mjs");
