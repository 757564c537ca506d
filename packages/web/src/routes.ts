import { consoleRoutes } from "./pages/console/routes.ts";
import { explorerRoutes } from "./pages/explorer/routes.ts";
import { firstRunRoutes } from "./pages/first-run/routes.ts";
import { homeRoutes } from "./pages/home/routes.ts";
import { networkRoutes } from "./pages/network/routes.ts";
import { settingsRoutes } from "./pages/settings/routes.ts";
import { walletRoutes } from "./pages/wallet/routes.ts";
import type { Route } from "./route.ts";
import { matchPath } from "./router.ts";

/** Every place of the page. */
const routes: readonly Route[] = [
  ...homeRoutes,
  ...explorerRoutes,
  ...walletRoutes,
  ...networkRoutes,
  ...consoleRoutes,
  ...settingsRoutes,
  ...firstRunRoutes,
];

/** The first route that fits a path, with the parts of the path that it names. */
export function findRoute(
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | null {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params !== null) return { route, params };
  }
  return null;
}
