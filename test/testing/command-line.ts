import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a program printed, and its exit status. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** This file runs as test/dist/testing/command-line.js, three folders below the root. */
export const compeer: string = executable("packages/cli/bin/compeer");
export const compeerCli: string = executable("packages/cli/bin/compeer-cli");

function executable(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** Runs one of our programs to its end. */
export function run(
  program: string,
  args: readonly string[],
  { stdin = "", env = process.env }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { env });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
    child.stdin.on("error", () => {}); // it may not want any
    child.stdin.end(stdin);
  });
}
