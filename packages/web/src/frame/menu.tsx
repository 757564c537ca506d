import type { JSX } from "preact";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import type { Area } from "../route.ts";

const ENTRIES: readonly (readonly [Area, string, string, IconName])[] = [
  ["home", "Home", "/", "home"],
  ["explorer", "Explorer", "/blocks", "blocks"],
  ["wallet", "Wallet", "/wallet", "wallet"],
  ["network", "Network", "/peers", "network"],
  ["settings", "Settings", "/settings", "settings"],
];

/** The areas of the page: a rail at the side, or a bar at the foot of a phone. */
export function Menu({ area }: { readonly area: Area | null }): JSX.Element {
  return (
    <nav class="menu" aria-label="Areas">
      {ENTRIES.map(([name, words, href, icon]) => (
        <Link key={name} href={href} class="menu-entry" current={name === area}>
          <Icon name={icon} />
          <span>{words}</span>
        </Link>
      ))}
    </nav>
  );
}
