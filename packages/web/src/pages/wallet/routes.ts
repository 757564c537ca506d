import type { Route } from "../../route.ts";

/** Places of this area. */
export const walletRoutes: readonly Route[] = [
  {
    path: "/wallet",
    area: "wallet",
    load: () => import("./wallets-page.tsx").then((page) => page.WalletsPage),
  },
  {
    path: "/wallet/:name/:section?",
    area: "wallet",
    load: () => import("./wallet-page.tsx").then((page) => page.WalletPage),
  },
  {
    path: "/wallet/:name/:section/:id",
    area: "wallet",
    load: () => import("./wallet-page.tsx").then((page) => page.WalletPage),
  },
  {
    path: "/wallets/new",
    area: "wallet",
    load: () => import("./create-wallet-page.tsx").then((page) => page.CreateWalletPage),
  },
  {
    path: "/wallets/restore",
    area: "wallet",
    load: () => import("./restore-wallet-page.tsx").then((page) => page.RestoreWalletPage),
  },
  {
    path: "/wallets/shared",
    area: "wallet",
    load: () => import("./shared-wallet-page.tsx").then((module) => module.SharedWalletPage),
  },
  {
    path: "/wallets/watch",
    area: "wallet",
    load: () => import("./watch-wallet-page.tsx").then((page) => page.WatchWalletPage),
  },
];
