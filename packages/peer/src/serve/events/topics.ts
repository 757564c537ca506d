import type { Scope } from "../page/scopes.ts";

/** What a page can listen to. */
export type Topic = "tip" | "mempool" | "fees" | "peers" | "sync" | "mining" | "wallet" | "log";

/** What somebody needs to listen to a topic. */
export const TOPIC_SCOPES: Readonly<Record<Topic, Scope>> = {
  tip: "view",
  mempool: "view",
  fees: "view",
  peers: "view",
  sync: "view",
  mining: "view",
  wallet: "wallet",
  log: "spend",
};

/** Topics whose messages tell what happened; those of the others tell how things are. */
export const HAPPENINGS: ReadonlySet<Topic> = new Set(["wallet", "log"]);

export function isTopic(text: string): text is Topic {
  return Object.hasOwn(TOPIC_SCOPES, text);
}
