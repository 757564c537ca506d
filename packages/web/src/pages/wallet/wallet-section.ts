import type { WalletInfo } from "./wallet-json.ts";

/** What each section of a wallet's page gets. */
export interface SectionProps {
  readonly wallet: string;
  readonly info: WalletInfo;
  /** The rest of the path: a transaction of the history. */
  readonly id: string | null;
}
