import type { ComponentType } from "preact";
import { BackupSection } from "./backup-section.tsx";
import { CoinsSection } from "./coins-section.tsx";
import { HistorySection } from "./history-section.tsx";
import { MessagesSection } from "./messages-section.tsx";
import { PsbtSection } from "./psbt-section.tsx";
import { ReceiveSection } from "./receive-section.tsx";
import { SendSection } from "./send-section.tsx";
import type { SectionProps } from "./wallet-section.ts";

interface Section {
  readonly path: string;
  readonly title: string;
  readonly component: ComponentType<SectionProps>;
}

/** The sections of a wallet's page, in their order; the first stands at the wallet's own address. */
export const SECTIONS: readonly Section[] = [
  { path: "", title: "History", component: HistorySection },
  { path: "receive", title: "Receive", component: ReceiveSection },
  { path: "send", title: "Send", component: SendSection },
  { path: "coins", title: "Coins", component: CoinsSection },
  { path: "psbt", title: "Sign", component: PsbtSection },
  { path: "messages", title: "Messages", component: MessagesSection },
  { path: "backup", title: "Backup", component: BackupSection },
];

/** The section at a piece of the path; a transaction belongs to the history. */
export function sectionOf(path: string | undefined): Section | undefined {
  const wanted = path === "tx" ? "" : (path ?? "");
  return SECTIONS.find((section) => section.path === wanted);
}
