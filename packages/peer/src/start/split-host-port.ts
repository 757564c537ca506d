const MAX_PORT = 65_535;

/** What stands before and behind the last colon; null when that is no port. Core: SplitHostPort. */
export function splitHostPort(
  text: string,
  defaultPort: number,
): { readonly host: string; readonly port: number } | null {
  const colon = text.lastIndexOf(":");
  const isBracketed = colon > 0 && text.startsWith("[") && text[colon - 1] === "]";
  const hasPort = colon === 0 || isBracketed || (colon > 0 && text.indexOf(":") === colon);
  if (!hasPort) return { host: unbracketed(text), port: defaultPort };
  const digits = text.slice(colon + 1);
  const port = /^[0-9]{1,5}$/.test(digits) ? Number(digits) : -1;
  if (port < 0 || port > MAX_PORT) return null;
  return { host: unbracketed(text.slice(0, colon)), port };
}

function unbracketed(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
