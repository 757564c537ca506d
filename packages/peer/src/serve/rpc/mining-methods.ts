import { parseAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { compareBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey, keyHash, parseHash } from "@compeer/protocol/bytes/hash";
import { encodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { difficulty, nextWorkRequired } from "@compeer/protocol/consensus/difficulty";
import { dustOutputs } from "@compeer/protocol/policy/dust";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Mempool } from "../../mempool/mempool.ts";
import type { BlockTransaction } from "../../mining/build-block.ts";
import { BlockRefused, DEFAULT_MAX_TRIES } from "../../mining/miner.ts";
import { TemplateRefused } from "../../mining/template.ts";
import { formatBits, targetHex } from "./block-json.ts";
import { type BlockTemplateDeps, BlockTemplates } from "./block-template.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import { networkHashRate } from "./network-hash-rate.ts";
import type { Params } from "./params.ts";
import { descriptorScript } from "./reward-script.ts";

export interface MiningDeps extends BlockTemplateDeps {
  /** What a person should know, as sentences. */
  warnings(): readonly string[];
}

/** Methods for miners. */
export function miningMethods(deps: MiningDeps): readonly RpcMethod[] {
  const { chain, mempool } = deps;
  const templates = new BlockTemplates(deps);
  return [
    rpcMethod("getblocktemplate", {
      description:
        "What a miner needs to make the next block (BIP22, BIP23, BIP9, BIP145); with mode=proposal, the verdict on a block that is not mined yet.",
      run: ({ params, signal }) => templates.answer(params.raw("template_request"), signal),
    }),
    rpcMethod("getmininginfo", {
      description: "The state of the chain and of the mempool as a miner sees it.",
      run: () => miningInfo(deps),
    }),
    rpcMethod("getnetworkhashps", {
      description: "Estimated hashes a second of all miners, from the last blocks.",
      run: ({ params }) =>
        networkHashRate(
          chain,
          params.optionalInt("nblocks", 120),
          params.optionalInt("height", -1),
        ),
    }),
    rpcMethod("prioritisetransaction", {
      description:
        "Treats a transaction as if it paid more or less, in satoshis, when blocks are made and room is short. The fee itself stays.",
      run: ({ params }) => prioritise(mempool, params),
    }),
    rpcMethod("getprioritisedtransactions", {
      description: "All transactions whose fees were changed with prioritisetransaction.",
      run: () => prioritised(mempool),
    }),
    rpcMethod("generate", {
      description:
        "has been replaced by the -generate cli option. Refer to -help for more information.",
      run: () => {
        throw new RpcError(
          RpcErrorCode.methodNotFound,
          "generate\n\nhas been replaced by the -generate cli option. Refer to -help for more information.\n",
        );
      },
    }),
    rpcMethod("generatetoaddress", {
      description: "Mines blocks that pay to an address; returns their hashes.",
      run: ({ params, signal }) => {
        const count = params.int("nblocks");
        const script = parseAddress(params.text("address"), chain.network);
        if (script === null) throw badOutput("Error: Invalid address");
        return generate(deps, count, script, params, signal);
      },
    }),
    rpcMethod("generatetodescriptor", {
      description: "Mines blocks that pay to a descriptor's script; returns their hashes.",
      run: ({ params, signal }) => {
        const count = params.int("num_blocks");
        const script = descriptorScript(params.text("descriptor"), chain.network);
        if ("error" in script) throw badOutput(script.error);
        return generate(deps, count, script.script, params, signal);
      },
    }),
    rpcMethod("generateblock", {
      description:
        "Mines one block of these transactions, given as hex or as txids of the mempool, in this order.",
      run: ({ params, signal }) => generateBlock(deps, params, signal),
    }),
  ];
}

function miningInfo({ chain, mempool, miner, warnings }: MiningDeps): JsonOut {
  const { tip, network } = chain;
  const last = miner.lastTemplate;
  const time = Math.max(tip.time + network.targetSpacing, tip.medianTimePast + 1);
  const nextBits = nextWorkRequired(tip, time, network);
  const challenge = network.signetChallenge;
  return {
    blocks: tip.height,
    currentblockweight: last?.weight,
    currentblocktx: last === null ? undefined : last.entries.length,
    bits: formatBits(tip.bits),
    difficulty: difficulty(tip.bits),
    target: targetHex(tip.bits),
    networkhashps: networkHashRate(chain, 120, -1),
    pooledtx: mempool.size,
    blockmintxfee: amountJson(miner.options.minFeeRate),
    chain: network.name,
    next: {
      height: tip.height + 1,
      bits: formatBits(nextBits),
      difficulty: difficulty(nextBits),
      target: targetHex(nextBits),
    },
    signet_challenge: challenge === null ? undefined : encodeHex(challenge),
    warnings: warnings(),
  };
}

function prioritise(mempool: Mempool, params: Params): boolean {
  const txid = params.hash("txid");
  const dummy = params.has("dummy") ? params.real("dummy") : 0;
  const delta: Sats = params.int64("fee_delta");
  if (dummy !== 0)
    throw invalid(
      "Priority is no longer supported, dummy argument to prioritisetransaction must be 0.",
    );
  const entry = mempool.get(hashKey(txid));
  const { requireStandard, dustRate } = mempool.options;
  if (requireStandard && entry !== undefined && dustOutputs(entry.tx, dustRate).length > 0)
    throw invalid("Priority is not supported for transactions with dust outputs.");
  mempool.prioritise(txid, delta);
  return true;
}

function prioritised(mempool: Mempool): JsonOut {
  const fields: [string, JsonOut][] = [];
  const deltas = [...mempool.deltas].map(([key, delta]) => ({ key, delta, txid: keyHash(key) }));
  deltas.sort((a, b) => compareBytes(a.txid, b.txid));
  for (const { key, delta, txid } of deltas) {
    const entry = mempool.get(key);
    const modified_fee = entry?.modifiedFee;
    const what = { fee_delta: delta, in_mempool: entry !== undefined, modified_fee };
    fields.push([formatHash(txid), what]);
  }
  return new JsonObject(fields);
}

async function generate(
  { miner }: MiningDeps,
  count: number,
  script: Uint8Array,
  params: Params,
  signal: AbortSignal,
): Promise<JsonOut> {
  const maxTries = params.optionalInt64("maxtries", DEFAULT_MAX_TRIES);
  const hashes = await mined(() => miner.generate(count, script, maxTries, signal));
  return hashes.map(formatHash);
}

async function generateBlock(
  { chain, mempool, miner }: MiningDeps,
  params: Params,
  signal: AbortSignal,
): Promise<JsonOut> {
  const output = params.text("output");
  const described = descriptorScript(output, chain.network);
  const script = "script" in described ? described.script : parseAddress(output, chain.network);
  if (script === null) throw badOutput("Error: Invalid address or descriptor");
  const transactions = params.array("transactions").map((value) => {
    const text = asText(value);
    return text.length === 64 && isHex(text) ? fromMempool(mempool, text) : fromHex(text);
  });
  const submit = params.optionalBool("submit", true);
  const block = await mined(() => miner.generateBlock(script, transactions, submit, signal));
  if (block === null) throw new RpcError(RpcErrorCode.misc, "Failed to make block.");
  return { hash: formatHash(block.hash), hex: submit ? undefined : encodeHex(block.raw) };
}

function fromMempool(mempool: Mempool, text: string): BlockTransaction {
  const entry = mempool.get(hashKey(parseHash(text)));
  if (entry === undefined) throw badOutput(`Transaction ${text} not in mempool.`);
  return { raw: entry.tx.raw, txid: entry.txid, wtxid: entry.wtxid };
}

function fromHex(text: string): BlockTransaction {
  const tx: TransactionView = decodeHexTransaction(
    text,
    `Transaction decode failed for ${text}. Make sure the tx has at least one input.`,
  );
  return { raw: tx.raw, txid: transactionId(tx), wtxid: witnessTransactionId(tx) };
}

async function mined<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (error instanceof TemplateRefused) throw new RpcError(RpcErrorCode.verify, error.message);
    if (error instanceof BlockRefused) throw new RpcError(RpcErrorCode.internal, error.message);
    throw error;
  }
}

function badOutput(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidAddressOrKey, message);
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
