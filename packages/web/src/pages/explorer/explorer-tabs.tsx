import type { JSX } from "preact";
import { Link } from "../../parts/link.tsx";

const PLACES: readonly (readonly [string, string])[] = [
  ["/blocks", "Blocks"],
  ["/mempool", "Mempool"],
  ["/fees", "Fees"],
];

/** The places of the explorer that are no single object. */
export function ExplorerTabs({ at }: { readonly at: string }): JSX.Element {
  return (
    <nav class="tab-list" aria-label="Explorer">
      {PLACES.map(([href, words]) => (
        <Link key={href} href={href} class="tab-link" current={href === at}>
          {words}
        </Link>
      ))}
    </nav>
  );
}
