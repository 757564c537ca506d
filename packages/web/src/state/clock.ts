import { type ReadonlySignal, signal } from "@preact/signals";

const TICK_MS = 10_000;

const seconds = signal(Math.floor(Date.now() / 1000));

/** The time in seconds since 1970; moves every ten seconds, and with it every "3 min ago". */
export const now: ReadonlySignal<number> = seconds;

setInterval(() => {
  seconds.value = Math.floor(Date.now() / 1000);
}, TICK_MS);
