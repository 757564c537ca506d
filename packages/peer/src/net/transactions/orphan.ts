import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";

/** A transaction whose parents we lack. */
export interface Orphan {
  readonly tx: TransactionView;
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly wtxidKey: string;
  /** Who has it, by number, in the order in which they said so. */
  readonly announcers: ReadonlyMap<number, unknown>;
}

/** As the orphanage keeps it. */
export interface KeptOrphan extends Orphan {
  readonly announcers: Map<number, OrphanAnnouncement>;
  /** The peer whose turn it is to try it again. */
  retriedBy: number | null;
}

/** One peer has it. */
export interface OrphanAnnouncement {
  readonly orphan: KeptOrphan;
  readonly order: number;
}

/** What one peer fills, and its announcements: those to be tried again apart from the others. */
export class PeerUse {
  weight = 0;
  latency = 0;
  readonly idle: Set<OrphanAnnouncement> = new Set();
  readonly work: Set<OrphanAnnouncement> = new Set();

  get oldest(): OrphanAnnouncement | undefined {
    for (const announcement of this.idle) return announcement;
    for (const announcement of this.work) return announcement;
    return undefined;
  }
}
