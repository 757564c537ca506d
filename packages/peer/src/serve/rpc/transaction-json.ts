import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { scriptToAsm } from "@compeer/protocol/script/disassemble";
import { solveScript } from "@compeer/protocol/script/solver";
import { inferDescriptor } from "@compeer/protocol/wallet/infer-descriptor";

type JsonFields = { [key: string]: JsonOut | undefined };

/** What an answer tells of an output script. Core: ScriptToUniv. */
export function scriptJson(
  script: Uint8Array,
  network: Network,
  withHex = true,
  witnessScript?: Uint8Array,
): JsonFields {
  const { type } = solveScript(script);
  return {
    asm: scriptToAsm(script),
    desc: inferDescriptor(script, network, witnessScript),
    hex: withHex ? encodeHex(script) : undefined,
    address: type === "pubkey" ? undefined : (formatAddress(script, network) ?? undefined),
    type,
  };
}

export interface TransactionJsonOptions {
  /** The coins it spends: with them the fee is told. */
  readonly spent?: SpentCoins | undefined;
  /** Whether each input tells the coin it spends. */
  readonly withPrevouts?: boolean;
  readonly withHex?: boolean;
  readonly blockHash?: Uint8Array | undefined;
}

/** A transaction as `getrawtransaction` and `getblock` tell it. Core: TxToUniv. */
export function transactionJson(
  tx: TransactionView,
  network: Network,
  options: TransactionJsonOptions = {},
): JsonFields {
  const { withHex = true, blockHash } = options;
  const spent = tx.isCoinbase ? undefined : options.spent;
  return {
    txid: formatHash(transactionId(tx)),
    hash: formatHash(witnessTransactionId(tx)),
    version: tx.version,
    size: tx.totalSize,
    vsize: Math.ceil(tx.weight / 4),
    weight: tx.weight,
    locktime: tx.lockTime,
    vin: Array.from({ length: tx.inputCount }, (_, i) => inputJson(tx, i, network, options)),
    vout: Array.from({ length: tx.outputCount }, (_, i) => ({
      value: amountJson(tx.outputValue(i)),
      n: i,
      scriptPubKey: scriptJson(tx.outputScript(i), network),
    })),
    fee: spent && amountJson(feeOf(tx, spent)),
    ...(blockHash ? { blockhash: formatHash(blockHash) } : {}),
    hex: withHex ? encodeHex(tx.raw) : undefined,
  };
}

function inputJson(
  tx: TransactionView,
  input: number,
  network: Network,
  { spent, withPrevouts = false }: TransactionJsonOptions,
): JsonFields {
  const script = tx.inputScript(input);
  const witness = tx.witness(input);
  const txinwitness = witness.length > 0 ? witness.map(encodeHex) : undefined;
  const sequence = tx.sequence(input);
  if (tx.isCoinbase) return { coinbase: encodeHex(script), txinwitness, sequence };
  return {
    txid: formatHash(tx.prevTxid(input)),
    vout: tx.prevIndex(input),
    scriptSig: { asm: scriptToAsm(script, true), hex: encodeHex(script) },
    txinwitness,
    prevout: spent && withPrevouts ? prevoutJson(spent, tx.firstInput + input, network) : undefined,
    sequence,
  };
}

function prevoutJson(spent: SpentCoins, row: number, network: Network): JsonFields {
  return {
    generated: spent.isCoinbase(row),
    height: spent.height(row),
    value: amountJson(spent.value(row)),
    scriptPubKey: scriptJson(spent.script(row), network),
  };
}

/** What the inputs have more than the outputs. */
export function feeOf(tx: TransactionView, spent: SpentCoins): number {
  let fee = 0;
  for (let i = 0; i < tx.inputCount; i++) fee += spent.value(tx.firstInput + i);
  for (let i = 0; i < tx.outputCount; i++) fee -= tx.outputValue(i);
  return fee;
}
