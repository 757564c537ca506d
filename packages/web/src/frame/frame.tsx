import type { JSX } from "preact";
import { liveState } from "../live.ts";
import { Badge } from "../parts/badge.tsx";
import { Link } from "../parts/link.tsx";
import { place } from "../router.ts";
import { findRoute } from "../routes.ts";
import { session } from "../state/session.ts";
import { Choices } from "./choices.tsx";
import { Logo } from "./logo.tsx";
import { Menu } from "./menu.tsx";
import { Outlet } from "./outlet.tsx";
import { Search } from "./search.tsx";
import { Status } from "./status.tsx";

/** What surrounds every place: menu, search, state of the peer. */
export function Frame(): JSX.Element {
  const area = findRoute(place.value.path)?.route.area ?? null;
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <aside class="rail" aria-label="compeer">
        <Link href="/" class="brand" label="compeer, home">
          <Logo />
          <span>compeer</span>
        </Link>
        <Menu area={area} />
        <Choices />
      </aside>
      <div class="body">
        <header class="top">
          <Search />
          <div class="top-end">
            <Chain />
            <Status />
          </div>
        </header>
        {liveState.value === "lost" ? (
          <p class="banner" role="status">
            The peer does not answer. What you see is from before; the page tries again by itself.
          </p>
        ) : null}
        <Outlet />
      </div>
    </div>
  );
}

/** Coins of a test network are worth nothing: the page says so everywhere. */
function Chain(): JSX.Element | null {
  const chain = session.value?.chain ?? "main";
  if (chain === "main") return null;
  return (
    <Badge kind="info" title="Coins of this network are for trying out, they have no price">
      {chain}
    </Badge>
  );
}
