/** One line of getchaintips. */
export interface ChainTip {
  readonly height: number;
  readonly hash: string;
  readonly branchlen: number;
  readonly status: "active" | "valid-fork" | "valid-headers" | "headers-only" | "invalid";
}

const WORDS = {
  active: { text: "the chain we follow", kind: "good" },
  "valid-fork": { text: "checked, with less work", kind: "plain" },
  "valid-headers": { text: "here, not checked: it has less work", kind: "plain" },
  "headers-only": { text: "headers alone, blocks not fetched", kind: "plain" },
  invalid: { text: "breaks a rule", kind: "bad" },
} as const;

/** What an end of the chain is to this peer. */
export function tipWords({ status }: ChainTip): (typeof WORDS)[ChainTip["status"]] {
  return WORDS[status];
}
