import type { Route } from "../../route.ts";

/** Places of this area. */
export const homeRoutes: readonly Route[] = [
  { path: "/", area: "home", load: () => import("./home-page.tsx").then((m) => m.HomePage) },
];
