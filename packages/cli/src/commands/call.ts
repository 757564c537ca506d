import { convertNamedWords, convertWords } from "@compeer/protocol/rpc/convert-words";
import { ask } from "../connect/ask.ts";
import type { Session } from "../connect/session.ts";
import { formatResult } from "../print.ts";

/** Any method: its name, then its arguments as words. */
export async function call(session: Session, words: readonly string[]): Promise<string> {
  const [method, ...rest] = words;
  if (method === undefined) throw new Error("too few parameters (need at least command)");
  const params = session.flag("named")
    ? convertNamedWords(method, rest)
    : convertWords(method, rest);
  return formatResult(await ask(session, method, params));
}
