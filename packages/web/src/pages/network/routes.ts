import type { Route } from "../../route.ts";

/** Places of this area. */
export const networkRoutes: readonly Route[] = [
  {
    path: "/peers",
    area: "network",
    load: () => import("./peers-page.tsx").then((page) => page.PeersPage),
  },
  {
    path: "/traffic",
    area: "network",
    load: () => import("./traffic-page.tsx").then((page) => page.TrafficPage),
  },
  {
    path: "/forks",
    area: "network",
    load: () => import("./forks-page.tsx").then((page) => page.ForksPage),
  },
  {
    path: "/mining",
    area: "network",
    load: () => import("./mining-page.tsx").then((page) => page.MiningPage),
  },
];
