import type { JSX } from "preact";
import { Link } from "../../parts/link.tsx";
import { place } from "../../router.ts";

const PLACES = [
  { href: "/peers", title: "Peers" },
  { href: "/traffic", title: "Traffic" },
  { href: "/forks", title: "Forks" },
  { href: "/mining", title: "Mining" },
];

/** The ways between the pages of this area. */
export function NetworkLinks(): JSX.Element {
  return (
    <nav class="sections" aria-label="Network and mining">
      {PLACES.map(({ href, title }) => (
        <Link key={href} href={href} current={place.value.path === href}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
