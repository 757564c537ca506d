import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { Network, NetworkName } from "@compeer/protocol/bitcoin/network";
import { NETWORK_NAMES, networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { formatFault } from "@compeer/protocol/consensus/fault";
import { scriptFault } from "@compeer/protocol/consensus/script-fault";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { parseSpentCoins } from "@compeer/protocol/consensus/spent-coins-file";
import {
  type BlockCase,
  type BlockVerdict,
  RULES_THAT_NEED_HISTORY,
  verifyRules,
} from "@compeer/protocol/consensus/verify-block";
import { chooseSignatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureBackend } from "@compeer/protocol/crypto/signature-backend";
import { formatAmount } from "@compeer/protocol/rpc/amount";
import { SignatureWorkers } from "./chain/signature-workers.ts";

const USAGE = `compeer verify-block FILE --spent FILE --height N [--chain NAME] [--threads N]
                     [--backend NAME] [--repeat N]

Checks one block by hand, offline: by every rule that needs no history.

  FILE          the block, as bytes or as hex
  --spent FILE  the coins that its inputs spend, as JSON: a list in the order of the
                inputs, the coinbase left out, of [satoshis, script as hex, height or
                null, coinbase or null]
  --height N    the block's height
  --chain NAME  ${NETWORK_NAMES.join(", ")} (default: main)
  --threads N   threads that check signatures (default: one a core)
  --backend NAME
                what checks signatures: system library, addon, WebAssembly or noble, as far as
                they load here (default: the first that does)
  --repeat N    do all of it N times in a row (default: 1), as a running peer would: the code
                of the first time is not compiled yet

Exit status: 0 valid, 1 invalid, 2 the question could not be read.
`;

/**
 * For a process that lives for half a second. A function must have run for long before it is worth
 * optimising: at the usual 67,584 the threads would spend more on compiling than the compiled code gives
 * back. What runs at all gets the simple machine code at once.
 */
const SHORT_LIVED = "--interrupt-budget=1000000 --always-sparkplug";

/** What a person asked on the command line. */
interface Question {
  readonly file: string;
  readonly spent: string;
  readonly height: number;
  readonly network: Network;
  readonly threads: number;
  readonly backend: SignatureBackend;
  readonly repeat: number;
}

/** Thrown for a question that cannot be answered, with what to do about it. */
class UsageError extends Error {}

function readQuestion(args: readonly string[]): Question {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      spent: { type: "string" },
      height: { type: "string" },
      chain: { type: "string", default: "main" },
      threads: { type: "string", default: "0" },
      backend: { type: "string" },
      repeat: { type: "string", default: "1" },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError("name one block file");
  if (values.spent === undefined) throw new UsageError("name the spent coins with --spent FILE");
  if (!NETWORK_NAMES.includes(values.chain as NetworkName))
    throw new UsageError(`there is no chain ${values.chain}`);
  return {
    file,
    spent: values.spent,
    height: wholeNumber("height", values.height),
    network: networkByName(values.chain as NetworkName),
    threads: wholeNumber("threads", values.threads) || availableParallelism(),
    backend: findBackend(values.backend),
    repeat: wholeNumber("repeat", values.repeat) || 1,
  };
}

function readCase({ file, spent, height, network }: Question): BlockCase {
  const block = readBlock(file);
  const coins = parseSpentCoins(readFileSync(spent, "utf8"), block);
  return { block, coins, height, network, time: Math.floor(Date.now() / 1000) };
}

function wholeNumber(name: string, text: string | undefined): number {
  if (text === undefined || !/^[0-9]{1,9}$/.test(text))
    throw new UsageError(`--${name} wants a whole number`);
  return Number(text);
}

function findBackend(name: string | undefined): SignatureBackend {
  try {
    return chooseSignatureBackend(name);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function readBlock(file: string): Block {
  const bytes = readFileSync(file);
  const text = bytes.length % 2 === 0 || bytes.at(-1) === 10 ? bytes.toString("latin1").trim() : "";
  return decodeBlock(isHex(text) ? decodeHex(text) : new Uint8Array(bytes));
}

/** Scripts and rules on this thread, signatures on the others meanwhile and then on all. */
function judge(question: BlockCase, workers: SignatureWorkers): BlockVerdict {
  const { block, coins, height, network } = question;
  const scripts = workers.start(block, coins, blockScriptFlags(block.hash, height, network));
  const rules = verifyRules(question);
  if (rules.fault !== null) {
    scripts.abandon();
    return rules;
  }
  const failure = scripts.finish();
  if (failure === null) return { ...rules, scripts: block.table.inputCount - 1 };
  const tx = block.transactions[failure.tx];
  if (tx === undefined) throw new Error("a failure in no transaction");
  return {
    ...rules,
    fault: scriptFault(tx, failure.input, failure.error),
    failed: { transaction: failure.tx, input: failure.input },
  };
}

/** How long a part took, ms. */
interface Times {
  readonly read: number;
  readonly check: number;
}

function formatTimes({ read, check }: Times): string {
  return `${read.toFixed(0)} ms to read, ${check.toFixed(0)} ms to check`;
}

function report(
  { block, height, network }: BlockCase,
  verdict: BlockVerdict,
  times: readonly Times[],
  { backend, threads }: Question,
): string {
  const { fault, failed } = verdict;
  const lines = [
    ["block", formatHash(block.hash)],
    ["chain", `${network.name}, height ${height}`],
    ["size", `${block.raw.length} bytes, weight ${block.weight}`],
    ["transactions", `${verdict.transactions}`],
    ["inputs", `${verdict.scripts} scripts run`],
    ["sigops cost", `${verdict.sigopCost}`],
    ["fees", `${formatAmount(verdict.fees)} BTC`],
    ["time", times.map(formatTimes).join("; ")],
    ["signatures by", `${backend.name}, ${threads} threads`],
    ["verdict", fault === null ? "valid" : `INVALID: ${formatFault(fault)}`],
    ...(failed === null
      ? []
      : [["failed at", `transaction ${failed.transaction}, input ${failed.input}`]]),
  ];
  const history = RULES_THAT_NEED_HISTORY.map((rule) => `  ${rule}`).join("\n");
  const table = lines.map(([name = "", text]) => `${name.padEnd(14)}${text}`).join("\n");
  return `${table}\n\nNot looked at, as it needs the blocks before:\n${history}\n`;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes("--help")) {
    process.stdout.write(USAGE);
    return args.length === 0 ? 2 : 0;
  }
  const question = readQuestion(args);
  const workers = new SignatureWorkers(question.threads, question.backend);
  try {
    const times: Times[] = [];
    for (;;) {
      const start = performance.now();
      const given = readCase(question);
      const read = performance.now();
      // Not before the threads have started: Node would compile its own code for them anew.
      if (question.repeat === 1) setFlagsFromString(SHORT_LIVED);
      const verdict = judge(given, workers);
      times.push({ read: read - start, check: performance.now() - read });
      if (times.length < question.repeat) continue;
      process.stdout.write(report(given, verdict, times, question));
      return verdict.fault === null ? 0 : 1;
    }
  } finally {
    await workers.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known =
    error instanceof UsageError ||
    error instanceof DecodeError ||
    (error instanceof Error && "code" in error);
  if (!known) throw error;
  const [line] = (error as Error).message.split("\n", 1);
  process.stderr.write(`verify-block: ${line}\n`);
  process.exitCode = 2;
}
