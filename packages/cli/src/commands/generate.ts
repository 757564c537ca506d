import { convertWords } from "@compeer/protocol/rpc/convert-words";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { ask } from "../connect/ask.ts";
import type { Session } from "../connect/session.ts";

/** `-generate [number [tries]]`: a new address of the wallet, and blocks that pay it. */
export async function generate(session: Session, words: readonly string[]): Promise<string> {
  const address = await ask(session, "getnewaddress");
  if (words.length > 2) throw new Error("too many arguments (maximum 2 for nblocks and maxtries)");
  const [number = "1", ...tries] = words;
  if (number === "0")
    throw new Error(
      "the first argument (number of blocks to generate, default: 1) must be an integer value greater than zero",
    );
  const params = convertWords("generatetoaddress", [number, String(address), ...tries]);
  const result: JsonOut = { address, blocks: await ask(session, "generatetoaddress", params) };
  return writeJson(result, 2);
}
