import { RollingFilter } from "../rolling-filter.ts";

/** Entries that each filter of refusals remembers at least. Core: the sizes in TxDownloadManagerImpl. */
const REFUSED = 120_000;
const CONFIRMED = 48_000;

/** What needs no second look, as ids in fixed memory. A few others may seem to be among them. */
export class RecentVerdicts {
  /** Refused whatever comes with it, since the last block. */
  readonly refused: RollingFilter = new RollingFilter(REFUSED);
  /** Refused alone, since the last block; a child that pays for it may bring it in. Packages as well. */
  readonly reconsiderable: RollingFilter = new RollingFilter(REFUSED);
  readonly confirmed: RollingFilter = new RollingFilter(CONFIRMED);

  /** What was refused may be right on top of another block. */
  forgetRefused(): void {
    this.refused.clear();
    this.reconsiderable.clear();
  }
}
