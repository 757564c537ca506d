import { argumentWords } from "./argument-words.ts";
import { firstName, type RpcArg, type RpcSignature, usageLine, visibleArgs } from "./signature.ts";

/** What `help` can say of a method. */
export interface RpcDoc extends RpcSignature {
  readonly description: string;
  /** The result in words, one part a line. */
  readonly result?: string;
  /** Arguments of example calls, as typed in a shell; "" for a call without any. */
  readonly examples?: readonly string[];
}

const TYPE_WORDS: Readonly<Record<RpcArg["type"], string>> = {
  str: "string",
  num: "numeric",
  amount: "numeric or string",
  range: "numeric or array",
  bool: "boolean",
  obj: "json object",
  named: "json object",
  arr: "json array",
};

/** The help of one method: usage line, description, arguments, result, examples. Core: RPCHelpMan::ToString. */
export function helpText(method: RpcDoc): string {
  const args = visibleArgs(method.args);
  const lines = args.map((arg, i): Line => [`${i + 1}. ${firstName(arg)}`, aboutArg(method, arg)]);
  const members = args.flatMap((arg) => arg.members ?? []);
  const named = members.map(
    (arg): Line => [firstName(arg), aboutArg(method, { ...arg, optional: true })],
  );
  const examples = (method.examples ?? []).map((words) => `> compeer-cli ${method.name} ${words}`);
  const sections = [
    `${usageLine(method)}\n\n${method.description.trim()}\n`,
    section("Arguments", columns(lines)),
    section("Named Arguments", columns(named)),
    section("Result", method.result === undefined ? "" : `${method.result.trim()}\n`),
    section("Examples", examples.length > 0 ? `${examples.join("\n")}\n` : ""),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

type Line = readonly [left: string, right: string];

function section(title: string, body: string): string {
  return body === "" ? "" : `${title}:\n${body}`;
}

function aboutArg({ name }: RpcDoc, arg: RpcArg): string {
  const fallback = arg.default === undefined ? "" : `, default=${arg.default}`;
  const need = arg.optional ? `optional${fallback}` : "required";
  const about = arg.about ?? argumentWords(name, firstName(arg));
  return `(${TYPE_WORDS[arg.type]}, ${need})${about === undefined ? "" : ` ${about}`}`;
}

function columns(lines: readonly Line[]): string {
  const width = Math.max(0, ...lines.map(([left]) => left.length)) + 4;
  return lines.map(([left, right]) => `${left.padEnd(width)}${right}\n`).join("");
}

const CORE_CATEGORIES = [
  "blockchain",
  "control",
  "mining",
  "network",
  "rawtransactions",
  "signer",
  "util",
  "wallet",
  "zmq",
];

/**
 * The list that `help` prints: the usage lines by category, without the hidden methods; categories
 * that Core does not have come last, under a heading of another form. Core: CRPCTable::help.
 */
export function helpList(methods: readonly RpcSignature[]): string {
  const present = new Set(methods.map(({ category }) => category));
  const own = [...present].filter((one) => one !== "hidden" && !CORE_CATEGORIES.includes(one));
  const blocks = [...CORE_CATEGORIES.filter((one) => present.has(one)), ...own.sort()].map(
    (one) => {
      const lines = methods
        .filter(({ category }) => category === one)
        .sort(byName)
        .map(usageLine);
      const mark = CORE_CATEGORIES.includes(one) ? "==" : "--";
      return [`${mark} ${one.charAt(0).toUpperCase()}${one.slice(1)} ${mark}`, ...lines].join("\n");
    },
  );
  return blocks.join("\n\n");
}

function byName(a: RpcSignature, b: RpcSignature): number {
  return a.name < b.name ? -1 : 1;
}
