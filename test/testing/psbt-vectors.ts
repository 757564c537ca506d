import { readVector } from "./vectors.ts";

/** A case of a BIP's test vectors, with the sentence it stands below. */
export interface PsbtCase {
  readonly section: string;
  readonly name: string;
  readonly base64: string;
}

const CASE = /^\* Case: (.*)$/;
const BASE64 = /^\*\* Base64 String: <pre>\s*([^<\s]*)/;

/** The cases of BIP174, 370 or 371 that are given as base64. */
export function psbtCases(bip: "0174" | "0370" | "0371"): readonly PsbtCase[] {
  const cases: PsbtCase[] = [];
  let section = "";
  let name = "";
  for (const line of readVector(`bips/inline/bip-${bip}.txt`).toString("utf8").split("\n")) {
    const title = CASE.exec(line)?.[1];
    const base64 = BASE64.exec(line)?.[1];
    if (title !== undefined) name = title;
    else if (base64 !== undefined) cases.push({ section, name, base64 });
    else if (/^(The|Fails|Given|A |must|Must)/.test(line)) section = line;
  }
  return cases;
}
