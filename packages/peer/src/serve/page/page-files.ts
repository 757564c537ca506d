import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, posix } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Names below it carry a hash of their content. */
const HASHED = "/assets/";
/** How often a name that is missing makes us look at the folder again. */
const RESCAN_MS = 1000;

/** The files of the page. Only what was found in the folder is served, so no path leads out of it. */
export class PageFiles {
  readonly #directory: string;
  #names: ReadonlySet<string>;
  #scannedMs: number;

  constructor(directory: string) {
    this.#directory = directory;
    this.#names = scan(directory);
    this.#scannedMs = performance.now();
  }

  /** The shell that every page begins as; null when the page was not built. */
  shell(): string | null {
    try {
      return readFileSync(join(this.#directory, "index.html"), "utf8");
    } catch {
      return null;
    }
  }

  has(path: string): boolean {
    if (this.#names.has(path)) return path !== "/index.html";
    if (performance.now() - this.#scannedMs < RESCAN_MS) return false;
    this.#names = scan(this.#directory);
    this.#scannedMs = performance.now();
    return this.#names.has(path) && path !== "/index.html";
  }

  /** @param path one that `has` knows */
  async send(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoding = this.#encoding(path, String(request.headers["accept-encoding"] ?? ""));
    const ending = encoding === "br" ? ".br" : encoding === "gzip" ? ".gz" : "";
    const bytes = await readFile(join(this.#directory, `${path}${ending}`));
    response.setHeader("Content-Type", TYPES[extname(path)] ?? "application/octet-stream");
    response.setHeader("Vary", "Accept-Encoding");
    if (encoding !== null) response.setHeader("Content-Encoding", encoding);
    const lasting = path.startsWith(HASHED);
    response.setHeader("Cache-Control", lasting ? "max-age=31536000, immutable" : "no-cache");
    response.setHeader("Content-Length", bytes.length);
    response.end(request.method === "HEAD" ? undefined : bytes);
  }

  /** Brotli where the browser takes it and it was made, then gzip, then as it is. */
  #encoding(path: string, accepted: string): "br" | "gzip" | null {
    const takes = (name: string): boolean => new RegExp(`\\b${name}\\b(?!;q=0)`).test(accepted);
    if (takes("br") && this.#names.has(`${path}.br`)) return "br";
    return takes("gzip") && this.#names.has(`${path}.gz`) ? "gzip" : null;
  }
}

function scan(directory: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    const root = directory.replaceAll("\\", "/");
    return new Set(
      entries
        .filter((entry) => entry.isFile())
        .map(({ path, name }) =>
          posix.join("/", path.replaceAll("\\", "/").slice(root.length), name),
        ),
    );
  } catch {
    return new Set();
  }
}
