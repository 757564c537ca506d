/** One request of importdescriptors. */
export type ImportRequest = Readonly<Record<string, unknown>>;

/** What listdescriptors gives, as importdescriptors takes it. */
export interface Exported {
  readonly requests: readonly ImportRequest[];
  readonly hasPrivateKeys: boolean;
}

const KEPT = ["desc", "active", "range", "next_index", "timestamp", "internal", "label"];

/**
 * Reads what bitcoind's or our own listdescriptors printed, or the list in it.
 *
 * @throws Error with one sentence when it is something else
 */
export function exportedDescriptors(text: string): Exported {
  const list = listIn(parse(text));
  if (list.length === 0) throw new Error("There is no descriptor in it.");
  const requests = list.map(requestOf);
  return { requests, hasPrivateKeys: requests.some(({ desc }) => /[xt]prv/.test(String(desc))) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("This is not what listdescriptors prints: it is no JSON.", { cause });
  }
}

function listIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const { descriptors } = (value ?? {}) as { descriptors?: unknown };
  if (Array.isArray(descriptors)) return descriptors;
  throw new Error("This is not what listdescriptors prints: no descriptors are in it.");
}

function requestOf(entry: unknown): ImportRequest {
  const fields = Object.entries((entry ?? {}) as object).filter(([key]) => KEPT.includes(key));
  const request = Object.fromEntries(fields) as Record<string, unknown>;
  if (typeof request["desc"] !== "string") throw new Error("One entry has no descriptor.");
  request["timestamp"] ??= 0;
  return request;
}
