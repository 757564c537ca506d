import type { Route } from "../../route.ts";

/** Places of this area. */
export const settingsRoutes: readonly Route[] = [
  {
    path: "/settings",
    area: "settings",
    load: () => import("./settings-page.tsx").then((page) => page.SettingsPage),
  },
  {
    path: "/logs",
    area: "settings",
    load: () => import("./logs-page.tsx").then((page) => page.LogsPage),
  },
  {
    path: "/connect",
    area: "settings",
    load: () => import("./connect-page.tsx").then((page) => page.ConnectPage),
  },
];
