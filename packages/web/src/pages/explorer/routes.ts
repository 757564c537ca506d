import type { Route } from "../../route.ts";

/** Places of this area. */
export const explorerRoutes: readonly Route[] = [
  {
    path: "/blocks",
    area: "explorer",
    load: () => import("./blocks-page.tsx").then((m) => m.BlocksPage),
  },
  {
    path: "/block/:id",
    area: "explorer",
    load: () => import("./block-page.tsx").then((m) => m.BlockPage),
  },
  {
    path: "/tx/:id",
    area: "explorer",
    load: () => import("./transaction-page.tsx").then((m) => m.TransactionPage),
  },
  {
    path: "/address/:id",
    area: "explorer",
    load: () => import("./address-page.tsx").then((m) => m.AddressPage),
  },
  {
    path: "/mempool/:index?",
    area: "explorer",
    load: () => import("./mempool-page.tsx").then((m) => m.MempoolPage),
  },
  {
    path: "/fees",
    area: "explorer",
    load: () => import("./fees-page.tsx").then((m) => m.FeesPage),
  },
];
