import type { JSX } from "preact";
import { formatShare } from "../format.ts";

interface ProgressProps {
  /** From 0 to 1; null when nobody can tell. */
  readonly share: number | null;
  readonly label: string;
}

/** How much of something is done. */
export function Progress({ share, label }: ProgressProps): JSX.Element {
  return (
    <div
      class={share === null ? "progress unknown" : "progress"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.floor(share * 100)}
      aria-valuetext={share === null ? undefined : formatShare(share)}
    >
      <span style={{ width: `${share === null ? 30 : share * 100}%` }} />
    </div>
  );
}
