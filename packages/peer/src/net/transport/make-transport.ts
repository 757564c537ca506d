import { AnsweringTransport } from "./answering-transport.ts";
import type { Transport, TransportParts } from "./transport.ts";
import { V1Transport } from "./v1-transport.ts";
import { V2Transport } from "./v2-transport.ts";

/** What a connection is to speak: "answering" leaves it to who called. */
export type TransportChoice = "v1" | "v2" | "answering";

export function makeTransport(choice: TransportChoice, parts: TransportParts): Transport {
  if (choice === "v1") return new V1Transport(parts);
  return choice === "v2" ? new V2Transport(parts, true) : new AnsweringTransport(parts);
}
