// Puts the page into packages/web/dist/app: script in chunks, one style, the shell that names them,
// and beside each file its compressed forms. Fails when the first load is larger than it may be.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const SOURCE = "packages/web/src";
const APP = "packages/web/dist/app";
/** Limits in bytes after gzip. */
const LIMITS = { firstScript: 60_000, style: 12_000, shell: 5_000, chunk: 40_000, all: 300_000 };

const { metafile, outputFiles } = await build({
  entryPoints: { page: `${SOURCE}/main.tsx`, style: "style.css" },
  outdir: `${APP}/assets`,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome120", "firefox121", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  conditions: ["compeer-source", "browser"],
  metafile: true,
  write: false,
  logLevel: "warning",
  plugins: [{ name: "one-style", setup: oneStyle }],
});

/** All styles as one: those of the frame in their order, then the pages' own. */
function oneStyle({ onResolve, onLoad }) {
  onResolve({ filter: /^style\.css$/ }, ({ path }) => ({ path, namespace: "one-style" }));
  onLoad({ filter: /./, namespace: "one-style" }, () => {
    const frame = ["tokens", "base", "parts", "frame"].map((name) => `style/${name}.css`);
    const pages = readdirSync(`${SOURCE}/pages`, { recursive: true })
      .filter((name) => name.endsWith(".css"))
      .sort()
      .map((name) => `pages/${name}`);
    const lines = [...frame, ...pages].map((name) => `@import "./${name}";`);
    return { contents: lines.join("\n"), loader: "css", resolveDir: SOURCE };
  });
}

// Only now, so that a page that does not build leaves the one before in its place.
rmSync(APP, { recursive: true, force: true });
mkdirSync(`${APP}/assets`, { recursive: true });
for (const { path, contents } of outputFiles) writeFileSync(path, contents);

const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({ path, ...output }));
const script = outputs.find((output) => output.entryPoint === `${SOURCE}/main.tsx`);
const style = outputs.find((output) => output.path.endsWith(".css"));
const first = new Set([script.path, ...staticImports(script)]);

writeFileSync(`${APP}/index.html`, shell());
writeFileSync(`${APP}/favicon.svg`, readFileSync(`${SOURCE}/favicon.svg`));
writeFileSync(`${APP}/robots.txt`, "User-agent: *\nDisallow: /\n");
const sizes = compressAll();
checkSizes();

/** What the browser fetches together with an output, before anything runs. */
function staticImports({ imports }) {
  const direct = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
  return direct.flatMap((path) => [path, ...staticImports(metafile.outputs[path])]);
}

function shell() {
  const address = (path) => path.slice(APP.length);
  const preloads = [...first]
    .filter((path) => path !== script.path)
    .map((path) => `<link rel="modulepreload" href="${address(path)}">\n`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>compeer</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${address(style.path)}">
${preloads.join("")}<script type="module" src="${address(script.path)}"></script>
</head>
<body>
<main id="app"></main>
<noscript><p class="plain-note">This browser runs no script. <a href="/blocks">Blocks</a> and <a href="/mempool">mempool</a>, and every block, transaction and address below them, can be read without.</p></noscript>
</body>
</html>
`;
}

/** Writes the compressed forms of every file; gives sizes after gzip by path. */
function compressAll() {
  const files = readdirSync(APP, { recursive: true }).filter((name) => /\.\w+$/.test(name));
  return new Map(
    files.map((name) => {
      const path = join(APP, name);
      const content = readFileSync(path);
      const gzip = gzipSync(content, { level: 9 });
      writeFileSync(`${path}.gz`, gzip);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
      writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
      return [path, gzip.length];
    }),
  );
}

function checkSizes() {
  const sum = (paths) => paths.reduce((total, path) => total + sizes.get(path), 0);
  const scripts = [...sizes.keys()].filter((path) => path.endsWith(".js"));
  const lazy = scripts.filter((path) => !first.has(path));
  const measured = {
    firstScript: sum([...first]),
    style: sum([style.path]),
    shell: sum([`${APP}/index.html`]),
    chunk: Math.max(0, ...lazy.map((path) => sizes.get(path))),
    all: sum([...sizes.keys()]),
  };
  const words = Object.entries(measured).map(([name, bytes]) => `${name} ${bytes}`);
  console.log(`page, bytes after gzip: ${words.join(", ")}`);
  const over = Object.keys(LIMITS).filter((name) => measured[name] > LIMITS[name]);
  for (const name of over) console.error(`page: ${name} is over its ${LIMITS[name]} bytes`);
  if (over.length > 0) process.exitCode = 1;
}
