import { type ReadonlySignal, signal } from "@preact/signals";

/** Where the reader is: the path, and what follows the question mark. */
interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const current = signal<Place>(readPlace());

/** The place that the address bar shows. */
export const place: ReadonlySignal<Place> = current;

/** Goes to another place of the page. `replace` leaves no trace in the history. */
export function go(href: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  current.value = readPlace();
  if (!replace && location.hash === "") scrollTo(0, 0);
}

/** Follows the browser's own back and forward. */
export function followHistory(): void {
  addEventListener("popstate", () => {
    current.value = readPlace();
  });
}

function readPlace(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/**
 * What a path gives for a pattern: `/block/:id` and `/block/7` → `{ id: "7" }`; null when it does not fit.
 * A part that ends in `?` may be missing.
 */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = path.split("/").filter(Boolean);
  if (given.length > wanted.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const piece = given[index];
    if (part.startsWith(":")) {
      if (piece !== undefined) params[part.replace(/^:|\?$/g, "")] = decode(piece);
      else if (!part.endsWith("?")) return null;
    } else if (part !== piece) {
      return null;
    }
  }
  return params;
}

function decode(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
