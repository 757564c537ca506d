import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { OutputType } from "./output-type.ts";

/** What the settings say to every wallet. Rates are satoshis per 1000 virtual bytes. */
export interface WalletOptions {
  /** -addresstype */
  readonly addressType: OutputType;
  /** -changetype; null: as the payment's. */
  readonly changeType: OutputType | null;
  /** -keypool: scripts watched ahead of the last one used. */
  readonly keypool: number;
  /** -walletbroadcast */
  readonly broadcast: boolean;
  /** -fallbackfee; 0 refuses to guess. */
  readonly fallbackRate: Sats;
  /** -discardfee */
  readonly discardRate: Sats;
  /** -consolidatefeerate */
  readonly consolidateRate: Sats;
  /** -mintxfee */
  readonly minRate: Sats;
  /** -paytxfee; 0 estimates. */
  readonly payRate: Sats;
  /** -deprecatedrpc=settxfee */
  readonly allowsSetPayRate: boolean;
  /** -maxtxfee: most that one transaction may pay. */
  readonly maxFee: Sats;
  /** -txconfirmtarget, blocks. */
  readonly confirmTarget: number;
  /** -walletrbf */
  readonly signalsReplacement: boolean;
  /** -spendzeroconfchange */
  readonly spendsUnconfirmedChange: boolean;
  /** -avoidpartialspends */
  readonly avoidPartialSpends: boolean;
  /** -maxapsfee: what may be paid more to avoid partial spends; negative never tries. */
  readonly maxPartialSpendFee: Sats;
  /** -walletrejectlongchains */
  readonly rejectsLongChains: boolean;
  /** -limitancestorcount: unconfirmed transactions that a coin may stand on, less one. */
  readonly maxAncestors: number;
  /** -limitdescendantcount: those that may stand on one that a coin stands on. */
  readonly maxDescendants: number;
  /** -walletcrosschain */
  readonly allowsOtherChain: boolean;
  /** -unsafesqlitesync: nobody waits for the disk. */
  readonly unsafeSync: boolean;
  /** -signer: program that talks to devices with keys; null when there is none. */
  readonly signer: string | null;
}

/** Core: src/wallet/wallet.h. */
export const DEFAULT_WALLET_OPTIONS: WalletOptions = {
  addressType: "bech32",
  changeType: null,
  keypool: 1000,
  broadcast: true,
  fallbackRate: 0,
  discardRate: 10_000,
  consolidateRate: 10_000,
  minRate: 1_000,
  payRate: 0,
  allowsSetPayRate: false,
  maxFee: 10_000_000,
  confirmTarget: 6,
  signalsReplacement: true,
  spendsUnconfirmedChange: true,
  avoidPartialSpends: false,
  maxPartialSpendFee: 0,
  rejectsLongChains: true,
  maxAncestors: 25,
  maxDescendants: 25,
  allowsOtherChain: false,
  unsafeSync: false,
  signer: null,
};
