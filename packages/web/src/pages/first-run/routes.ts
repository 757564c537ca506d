import type { Route } from "../../route.ts";

/** Places of this area. */
export const firstRunRoutes: readonly Route[] = [
  {
    path: "/welcome/:step?",
    area: "home",
    load: () => import("./welcome-page.tsx").then((page) => page.WelcomePage),
  },
];
