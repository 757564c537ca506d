import type { RpcMethod } from "./method.ts";
import { walletBumpMethods } from "./wallet-bump-methods.ts";
import { walletFundMethods } from "./wallet-fund-methods.ts";
import { walletHurryMethods } from "./wallet-hurry-methods.ts";
import { walletPreviewMethods } from "./wallet-preview-methods.ts";
import { walletReviewMethods } from "./wallet-review-methods.ts";
import { walletSignMethods } from "./wallet-sign-methods.ts";
import { walletSimulateMethods } from "./wallet-simulate-methods.ts";
import { walletSendAllMethods } from "./wallet-spend-all.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { walletSendMethods } from "./wallet-spend-send.ts";
import { walletPayMethods } from "./wallet-spend-simple.ts";
import { inTurns } from "./wallet-turns.ts";

/** Every method of a wallet that pays, or prepares a payment. */
export function walletSpendMethods(deps: WalletSpendDeps): readonly RpcMethod[] {
  return inTurns(deps, [
    ...walletPayMethods(deps),
    ...walletSendMethods(deps),
    ...walletSendAllMethods(deps),
    ...walletFundMethods(deps),
    ...walletSignMethods(deps),
    ...walletSimulateMethods(deps),
    ...walletBumpMethods(deps),
    ...walletHurryMethods(deps),
    ...walletPreviewMethods(deps),
    ...walletReviewMethods(deps),
  ]);
}
