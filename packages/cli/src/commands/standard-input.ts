import { readFileSync } from "node:fs";
import type { Session } from "../connect/session.ts";

/**
 * The words of a command, with those from standard input: the password's line goes to the session,
 * the passphrase's behind the method, the rest to the end.
 */
export function withStandardInput(session: Session): readonly string[] {
  const words = [...session.words];
  const wantsPassword = session.flag("stdinrpcpass");
  const wantsPassphrase = session.flag("stdinwalletpassphrase");
  if (!wantsPassword && !wantsPassphrase && !session.flag("stdin")) return words;
  const lines = readFileSync(0, "utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (wantsPassword) {
    const password = lines.shift();
    if (password === undefined)
      throw new Error("-stdinrpcpass specified but failed to read from standard input");
    session.force("rpcpassword", password);
  }
  if (wantsPassphrase) words.splice(1, 0, takePassphrase(words, lines));
  return session.flag("stdin") ? [...words, ...lines] : words;
}

function takePassphrase(words: readonly string[], lines: string[]): string {
  if (!words[0]?.startsWith("walletpassphrase"))
    throw new Error("-stdinwalletpassphrase is only applicable for walletpassphrase(change)");
  const passphrase = lines.shift();
  if (passphrase === undefined)
    throw new Error("-stdinwalletpassphrase specified but failed to read from standard input");
  return passphrase;
}
