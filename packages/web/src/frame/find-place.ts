import { rpc } from "../rpc.ts";

const HASH = /^[0-9a-f]{64}$/i;
const AREAS: readonly string[] = [
  "blocks",
  "mempool",
  "fees",
  "wallet",
  "peers",
  "mining",
  "console",
  "settings",
  "logs",
];

/**
 * Where a text leads: a height, a hash, an address, a descriptor, a payment link, a command
 * (`> getblockcount`), an address of a peer, a name of a place; null when it is none of these.
 */
export async function findPlace(typed: string): Promise<string | null> {
  const text = typed.trim();
  if (text.startsWith(">")) return `/console?command=${encodeURIComponent(text.slice(1).trim())}`;
  if (/^#?\d[\d\s,]*$/.test(text)) return `/block/${text.replace(/\D/g, "")}`;
  if (HASH.test(text)) return await placeOfHash(text.toLowerCase());
  if (AREAS.includes(text.toLowerCase())) return `/${text.toLowerCase()}`;
  if (text.startsWith("cHNidP")) return `/wallet/psbt#${encodeURIComponent(text)}`;
  const link = /^bitcoin:([^?]*)/i.exec(text);
  if (link?.[1]) return `/address/${link[1]}`;
  if (/^[\w+]+\(.*\)(#\w{8})?$/.test(text)) return `/address/${encodeURIComponent(text)}`;
  if (await isAddress(text)) return `/address/${text}`;
  if (/^(\[[0-9a-f:]+\]|[\w.-]+\.[\w-]+)(:\d+)?$/i.test(text)) {
    return `/peers?find=${encodeURIComponent(text)}`;
  }
  return null;
}

async function placeOfHash(hash: string): Promise<string> {
  const isBlock = await rpc("getblockheader", [hash]).then(
    () => true,
    () => false,
  );
  return isBlock ? `/block/${hash}` : `/tx/${hash}`;
}

async function isAddress(text: string): Promise<boolean> {
  if (!/^[0-9a-z]{14,100}$/i.test(text)) return false;
  const { isvalid } = await rpc<{ isvalid: boolean }>("validateaddress", [text]);
  return isvalid;
}
