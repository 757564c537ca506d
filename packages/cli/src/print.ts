import type { Json } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";

/** What a command leads to: the text that is printed, and the exit status. */
export interface Outcome {
  readonly text: string;
  readonly status: number;
}

/** A string as it is, nothing for null, other results as indented JSON. Core: ParseResult. */
export function formatResult(result: Json): string {
  if (result === null) return "";
  return typeof result === "string" ? result : writeJson(result, 2);
}

/** A refused call: text and status as bitcoin-cli's. Core: ParseError. */
export function formatRpcError({ code, message }: RpcError): Outcome {
  const hint =
    code === RpcErrorCode.walletNotSpecified
      ? ' Or for the CLI, specify the "-rpcwallet=<walletname>" option before the command (run "bitcoin-cli -h" for help or "bitcoin-cli listwallets" to see which wallets are currently loaded).'
      : "";
  return { text: `error code: ${code}\nerror message:\n${message}${hint}`, status: Math.abs(code) };
}

/** Runs a command, prints what it returns or how it failed, and sets the exit status. */
export async function printOutcome(run: () => Promise<string>): Promise<void> {
  const { text, status } = await outcomeOf(run);
  if (text !== "") (status === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exitCode = status % 256;
}

async function outcomeOf(run: () => Promise<string>): Promise<Outcome> {
  try {
    return { text: await run(), status: 0 };
  } catch (error) {
    if (error instanceof RpcError) return formatRpcError(error);
    return { text: `error: ${error instanceof Error ? error.message : error}`, status: 1 };
  }
}
