import type { Route } from "../../route.ts";

/** Places of this area. */
export const consoleRoutes: readonly Route[] = [
  {
    path: "/console",
    area: "settings",
    load: () => import("./console-page.tsx").then((page) => page.ConsolePage),
  },
];
