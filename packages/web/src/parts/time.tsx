import type { JSX } from "preact";
import { formatAgo, formatTime } from "../format.ts";
import { now } from "../state/clock.ts";

interface TimeProps {
  /** Since 1970. */
  readonly seconds: number;
  /** Date and time at once, without "ago". */
  readonly exact?: boolean;
}

/** A moment: how long ago, and exactly when on a closer look. */
export function Time({ seconds, exact = false }: TimeProps): JSX.Element {
  return (
    <time dateTime={new Date(seconds * 1000).toISOString()} title={formatTime(seconds)}>
      {exact ? formatTime(seconds) : formatAgo(seconds, now.value)}
    </time>
  );
}
