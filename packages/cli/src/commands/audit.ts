import { type Json, JsonNumber } from "@compeer/protocol/rpc/json";
import { ask, listAt, textAt } from "../connect/ask.ts";
import type { Session } from "../connect/session.ts";

/** Exit status by what was found: 0 when all agree, 1 when somebody differs, 2 when we are damaged. */
const STATUS: Readonly<Record<string, number>> = { agreed: 0, differs: 1, damaged: 2 };

/** Compares the peer's chain and coins with those of others, and says in words who agrees. */
export async function audit(
  session: Session,
): Promise<{ readonly text: string; readonly status: number }> {
  const height = session.text("height") || session.words[0];
  const params = height === undefined ? [] : [heightOf(height)];
  const report = await ask(session, "auditpeers", params);
  const lines = [
    `Block ${textAt(report, "height")}: ${textAt(report, "hash")}`,
    ...listAt(report, "says").map(String),
    ...listAt(report, "peers").map(peerLine),
  ];
  return { text: lines.join("\n"), status: STATUS[textAt(report, "outcome")] ?? 1 };
}

function peerLine(peer: Json): string {
  return `  peer=${textAt(peer, "id")} ${textAt(peer, "addr")} ${textAt(peer, "subver")}: ${textAt(peer, "says")}`;
}

function heightOf(text: string): JsonNumber {
  if (!/^[0-9]{1,9}$/.test(text)) throw new Error(`${text} is no height of a block`);
  return new JsonNumber(text);
}
