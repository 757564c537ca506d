import type { JSX } from "preact";
import { Link } from "../../parts/link.tsx";
import { place } from "../../router.ts";

const PLACES = [
  { href: "/settings", title: "Settings" },
  { href: "/console", title: "Console" },
  { href: "/logs", title: "Log" },
  { href: "/connect", title: "Connect" },
];

/** The ways between the pages of this area. */
export function SettingsLinks(): JSX.Element {
  return (
    <nav class="sections" aria-label="Settings and tools">
      {PLACES.map(({ href, title }) => (
        <Link key={href} href={href} current={place.value.path === href}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
