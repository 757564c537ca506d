import { type ChildProcess, execFile } from "node:child_process";
import type { Json } from "@compeer/protocol/rpc/json";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";

/** A PSBT with the transactions that it spends from comes back as base64 in one line. */
const MAX_ANSWER_BYTES = 16 << 20;
/** What of somebody else's words is repeated in an error. */
const MAX_QUOTED = 200;

interface Ended {
  readonly child: ChildProcess;
  readonly error: NodeJS.ErrnoException | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program without a shell and reads the first line that it prints as JSON.
 * Core: RunCommandParseJSON.
 *
 * @param command program and first arguments, parted by blanks; what stands in double quotes is one
 * @param input what it reads from its standard input
 * @throws RpcError -1 when it cannot be started, fails, says too much or nothing that is JSON, or is not
 *   done within `limitMs`; it is ended then
 */
export async function runSigner(
  command: string,
  args: readonly string[],
  limitMs: number,
  input = "",
): Promise<Json> {
  const [program = "", ...first] = words(command);
  const shown = [command, ...args].join(" ");
  if (program === "") throw failed(shown, "names no program");
  const { child, error, stdout, stderr } = await ended(
    program,
    [...first, ...args],
    limitMs,
    input,
  );
  if (error !== null) throw failed(shown, whyFailed(error, child, limitMs, stderr));
  const line = firstLine(stdout);
  try {
    return parseJson(line);
  } catch (cause) {
    throw new RpcError(RpcErrorCode.misc, `Unable to parse JSON: ${quoted(line)}`, { cause });
  }
}

function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, whole, plain]) => whole ?? plain ?? "");
}

function ended(program: string, args: string[], limitMs: number, input: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      timeout: limitMs,
      killSignal: "SIGKILL",
      maxBuffer: MAX_ANSWER_BYTES,
    } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ child, error: error as NodeJS.ErrnoException | null, stdout, stderr }),
    );
    // It may end without reading; its exit tells then.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function whyFailed(
  { code }: NodeJS.ErrnoException,
  child: ChildProcess,
  limitMs: number,
  stderr: string,
): string {
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
    return `printed more than ${MAX_ANSWER_BYTES} bytes`;
  if (typeof code === "string") return `did not start: execve failed: ${systemError(code)}`;
  if (child.killed) return `was not done after ${limitMs / 1000} seconds`;
  const result = child.exitCode ?? child.signalCode;
  return `returned ${result}: ${quoted(firstLine(stderr))}`;
}

function systemError(code: string): string {
  if (code === "ENOENT") return "No such file or directory";
  return code === "EACCES" ? "Permission denied" : code;
}

function failed(command: string, why: string): RpcError {
  const message = `RunCommandParseJSON error: process(${quoted(command)}) ${why}`;
  return new RpcError(RpcErrorCode.misc, message);
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] as string).trimEnd();
}

function quoted(text: string): string {
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}
