/** How the page writes amounts, hashes, sizes and times: one way each, everywhere. */

const THIN_SPACE = "\u2009";
const SATS_PER_BITCOIN = 100_000_000;

/** Whole satoshis of an amount as the RPC writes it; exact for every legal amount. */
export function satsOf(bitcoins: number): number {
  return Math.round(bitcoins * SATS_PER_BITCOIN);
}

/** `1234567` → `1 234 567`, with thin spaces that do not break. */
export function formatCount(value: number): string {
  const [whole = "", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `150000000` → `1.50000000`: bitcoins with all eight places, so that amounts line up. */
export function formatBitcoins(sats: number): string {
  const size = Math.abs(sats);
  const whole = formatCount(Math.floor(size / SATS_PER_BITCOIN));
  const fraction = String(size % SATS_PER_BITCOIN).padStart(8, "0");
  return `${sats < 0 ? "−" : ""}${whole}.${fraction}`;
}

/** `-1500` → `−1 500`. */
export function formatSats(sats: number): string {
  return `${sats < 0 ? "−" : ""}${formatCount(Math.abs(sats))}`;
}

/** Feerate in sat/vB: two places below ten, one below a hundred, then whole. */
export function formatFeerate(rate: number): string {
  if (rate >= 100) return formatCount(Math.round(rate));
  const text = rate.toFixed(rate >= 10 ? 1 : 2);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Feerate in sat/vB of a rate in BTC/kvB, the unit of bitcoind's fields. */
export function feerateOf(bitcoinsPerKvB: number): number {
  return bitcoinsPerKvB * 100_000;
}

/** First and last digits of a long identifier. */
export function shortenHash(hash: string, kept = 8): string {
  return hash.length <= 2 * kept + 1 ? hash : `${hash.slice(0, kept)}…${hash.slice(-kept)}`;
}

/** `1536` → `1.54 kB`: decimal units, three digits. */
export function formatBytes(bytes: number): string {
  return withUnit(bytes, ["B", "kB", "MB", "GB", "TB"]);
}

/** `3993000` → `3.99 MWU`. */
export function formatWeight(weight: number): string {
  return withUnit(weight, ["WU", "kWU", "MWU"]);
}

/** `1234567` → `1.23 MvB`. */
export function formatVbytes(size: number): string {
  return withUnit(size, ["vB", "kvB", "MvB"]);
}

function withUnit(value: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const text = unit === 0 ? String(Math.round(scaled)) : scaled.toPrecision(3);
  return `${text}\u00a0${units[unit]}`;
}

/** `0.99999` → `99.99 %`: rounded down, so that nothing looks done before it is. */
export function formatShare(share: number): string {
  const hundredths = Math.floor(Math.min(1, Math.max(0, share)) * 10_000 + 1e-9);
  return `${(hundredths / 100).toFixed(hundredths === 10_000 ? 0 : 2)}\u00a0%`;
}

/** `3700` → `1 h 2 min`: the two largest units. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}\u00a0s`;
  const units: readonly (readonly [number, string])[] = [
    [31_557_600, "y"],
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
  ];
  const first = units.findIndex(([size]) => whole >= size);
  const [size, name] = units[first] as readonly [number, string];
  const count = Math.floor(whole / size);
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[0]);
  const more = next === undefined || rest === 0 ? "" : ` ${rest}\u00a0${next[1]}`;
  return `${count}\u00a0${name}${more}`;
}

/** Time before `now`: `just now`, `3 min ago`, `in 2 h`. Both in seconds since 1970. */
export function formatAgo(seconds: number, now: number): string {
  const age = Math.round(now - seconds);
  if (Math.abs(age) < 10) return "just now";
  const [largest] = formatDuration(Math.abs(age)).split(" ");
  return age < 0 ? `in ${largest}` : `${largest} ago`;
}

/** Date and time of day in the reader's own zone. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "medium",
  });
}
