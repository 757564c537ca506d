/** Core's nameless wallet cannot be a part of a path. */
const NAMELESS = "~";

/** The page of a wallet, and of something in it. */
export function walletHref(name: string, ...parts: readonly string[]): string {
  const pieces = [name === "" ? NAMELESS : name, ...parts];
  return `/wallet/${pieces.map(encodeURIComponent).join("/")}`;
}

/** The wallet that a piece of a path names. */
export function walletOfPath(piece: string): string {
  return piece === NAMELESS ? "" : piece;
}

/** What to call a wallet on the page. */
export function walletTitle(name: string): string {
  return name === "" ? "Wallet without a name" : name;
}
