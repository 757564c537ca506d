import { OPTIONS } from "./find-option.ts";
import type { Option } from "./option.ts";

/** The name that messages carry where Core says "Bitcoin Core". */
export const CLIENT_NAME = "Compeer";
/** Version of this program. */
export const CLIENT_VERSION = "0.1.0";

const WIDTH = 79;
const INDENT = " ".repeat(7);

/** First line of `-help` and `-version`. */
function titleLine(): string {
  return `${CLIENT_NAME} daemon version v${CLIENT_VERSION} compeerd\n`;
}

/** What `-version` prints. */
export function versionText(): string {
  return `${titleLine()}A Bitcoin full node in TypeScript, under the MIT licence.\nIt comes without any warranty.\n`;
}

/** What `-help` prints, and `-help-debug` with `debug`. */
export function usageText(debug: boolean): string {
  const groups = [...new Set(OPTIONS.map(({ group }) => group))].filter((group) => group !== "");
  const shown = OPTIONS.filter(({ debugOnly }) => debug || !debugOnly);
  const blocks = groups.map((group) => {
    const options = shown.filter((option) => option.group === group).map(describe);
    return options.length === 0 ? "" : `${group}:\n\n${options.join("\n")}\n`;
  });
  return `${titleLine()}
compeerd checks and relays Bitcoin blocks and transactions, keeps wallets if
asked to, and answers JSON-RPC and REST requests. It takes bitcoind's options.

Usage: compeerd [options]

${blocks.join("")}`;
}

function describe({ name, value, help = "" }: Option): string {
  return `  -${name}${value === undefined ? "" : `=${value}`}\n${wrap(help)}`;
}

function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) as string;
    if (line === "") lines[lines.length - 1] = word;
    else if (INDENT.length + line.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${INDENT}${line}\n`).join("");
}
