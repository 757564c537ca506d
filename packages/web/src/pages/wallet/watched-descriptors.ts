/** What to import so that a wallet watches what somebody pasted. */
export interface Watched {
  readonly descriptor: string;
  readonly active: boolean;
  /** It makes the addresses of change. */
  readonly internal: boolean;
}

const KEY = /^(\[[0-9a-fA-F]{8}[^\]]*\])?[xt]pub[1-9A-HJ-NP-Za-km-z]+$/;

/**
 * Descriptors, extended public keys or addresses, one a line, as descriptors to watch: a bare extended
 * key becomes native SegWit (BIP84) with a receiving and a change branch, and of two descriptors that
 * differ in their branch alone the second one makes the change (BIP44).
 */
export function watchedDescriptors(text: string): readonly Watched[] {
  const descriptors = text
    .split(/\n+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(descriptorOf);
  const bodies = new Set(descriptors.map(bodyOf));
  return descriptors.map((descriptor) => ({
    descriptor,
    active: descriptor.includes("*"),
    internal: isChangeOf(bodyOf(descriptor), bodies),
  }));
}

function descriptorOf(line: string): string {
  if (KEY.test(line)) return `wpkh(${line}/<0;1>/*)`;
  return line.includes("(") ? line : `addr(${line})`;
}

/** A descriptor without its checksum. */
function bodyOf(descriptor: string): string {
  return descriptor.split("#", 1)[0] as string;
}

function isChangeOf(body: string, all: ReadonlySet<string>): boolean {
  return body.includes("/1/*") && all.has(body.replaceAll("/1/*", "/0/*"));
}
