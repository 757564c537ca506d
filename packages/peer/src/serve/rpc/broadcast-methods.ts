import { COIN, type Sats } from "@compeer/protocol/bitcoin/amount";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { formatFault } from "@compeer/protocol/consensus/fault";
import { feeAt, ratePerKvb } from "@compeer/protocol/policy/fee-rate";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { isUnspendable } from "@compeer/protocol/script/templates";
import { hasValidOps } from "@compeer/protocol/script/valid-ops";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import type { MempoolFault } from "../../mempool/mempool-fault.ts";
import type { PackageTest, SubmitResult } from "../../mempool/mempool-parts.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

const MAX_PACKAGE_COUNT = 25;
/** Core: DEFAULT_MAX_RAW_TX_FEE_RATE. */
const DEFAULT_MAX_FEE_RATE: Sats = COIN / 10;

export interface BroadcastDeps {
  readonly chain: Chain;
  readonly mempool: Mempool;
  /** Announces a transaction of the mempool to the peers. */
  relay(txid: Uint8Array, wtxid: Uint8Array): void;
}

/** Methods that hand transactions to the mempool. */
export function broadcastMethods(deps: BroadcastDeps): readonly RpcMethod[] {
  return [
    rpcMethod("sendrawtransaction", {
      description:
        "Takes a signed transaction into the mempool and announces it to all peers. Repeated calls announce it again.",
      run: async ({ params }) => {
        const maxBurn = params.optionalAmount("maxburnamount", 0);
        const message = "TX decode failed. Make sure the tx has at least one input.";
        const tx = decodeHexTransaction(params.text("hexstring"), message);
        if (burns(tx, maxBurn)) throw refused(BURNS_TOO_MUCH);
        await broadcast(deps, tx, maxFeeRateOf(params));
        return formatHash(transactionId(tx));
      },
    }),
    rpcMethod("testmempoolaccept", {
      description:
        "Would the mempool take these transactions, parents before children? Nothing is kept or announced.",
      run: async ({ params }) => {
        const hex = params.array("rawtxs").map(asText);
        if (hex.length < 1 || hex.length > MAX_PACKAGE_COUNT)
          throw new RpcError(
            RpcErrorCode.invalidParameter,
            `Array must contain between 1 and ${MAX_PACKAGE_COUNT} transactions.`,
          );
        const maxFeeRate = maxFeeRateOf(params);
        const txs = hex.map((text) =>
          decodeHexTransaction(
            text,
            `TX decode failed: ${text} Make sure the tx has at least one input.`,
          ),
        );
        return testResults(txs, await deps.mempool.test(txs), maxFeeRate);
      },
    }),
  ];
}

const BURNS_TOO_MUCH = "Unspendable output exceeds maximum configured by user (maxburnamount)";

/** Core: BroadcastTransaction. */
async function broadcast(
  { chain, mempool, relay }: BroadcastDeps,
  tx: TransactionView,
  maxFeeRate: Sats,
): Promise<void> {
  const txid = transactionId(tx);
  for (let i = 0; i < tx.outputCount; i++)
    if ((await chain.coin(txid, i)) !== null)
      throw new RpcError(
        RpcErrorCode.verifyAlreadyInUtxoSet,
        "Transaction outputs already in utxo set",
      );
  const known = mempool.get(hashKey(txid));
  if (known !== undefined) return relay(txid, known.wtxid);
  const maxFee = feeAt(maxFeeRate, virtualSize(tx.weight));
  if (maxFee > 0) {
    const { fee } = entryOf(await mempool.submit(tx, { test: true }));
    if (fee > maxFee)
      throw refused("Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
  }
  const { wtxid, txidKey } = entryOf(await mempool.submit(tx));
  mempool.markUnbroadcast(txidKey);
  relay(txid, wtxid);
}

function entryOf({ fault, entry }: SubmitResult): NonNullable<SubmitResult["entry"]> {
  if (fault !== null) throw rejected(fault);
  if (entry === null) throw new Error("neither taken nor refused");
  return entry;
}

function rejected(fault: MempoolFault): RpcError {
  const isMissing = fault.kind === "missing-inputs";
  const code = isMissing ? RpcErrorCode.verify : RpcErrorCode.verifyRejected;
  return new RpcError(code, formatFault(fault));
}

function refused(message: string): RpcError {
  return new RpcError(RpcErrorCode.verify, message);
}

function burns(tx: TransactionView, maxBurn: Sats): boolean {
  for (let i = 0; i < tx.outputCount; i++) {
    const script = tx.outputScript(i);
    if ((isUnspendable(script) || !hasValidOps(script)) && tx.outputValue(i) > maxBurn) return true;
  }
  return false;
}

/** Core: ParseFeeRate. */
function maxFeeRateOf(params: Params): Sats {
  const rate = params.optionalAmount("maxfeerate", DEFAULT_MAX_FEE_RATE);
  if (rate < COIN) return rate;
  throw new RpcError(
    RpcErrorCode.invalidParameter,
    "Fee rates larger than or equal to 1BTC/kvB are not accepted",
  );
}

/** Behind the first transaction that pays too much no verdict is given any more. */
function testResults(
  txs: readonly TransactionView[],
  { fault, results }: PackageTest,
  maxFeeRate: Sats,
): JsonOut {
  let isOver = false;
  return txs.map((tx, position) => {
    const ids = {
      txid: formatHash(transactionId(tx)),
      wtxid: formatHash(witnessTransactionId(tx)),
      "package-error": fault ?? undefined,
    };
    const result = isOver ? null : (results[position] ?? null);
    if (result === null) return ids;
    const verdict = testResult(result, maxFeeRate);
    isOver = verdict["reject-reason"] === TOO_HIGH;
    return { ...ids, ...verdict };
  });
}

const TOO_HIGH = "max-fee-exceeded";

function testResult(
  { fault, entry }: SubmitResult,
  maxFeeRate: Sats,
): { readonly [name: string]: JsonOut | undefined } {
  if (fault?.kind === "missing-inputs")
    return { allowed: false, "reject-reason": "missing-inputs" };
  if (fault !== null || entry === null)
    return {
      allowed: false,
      "reject-reason": fault?.reason,
      "reject-details": fault === null ? undefined : formatFault(fault),
    };
  const maxFee = feeAt(maxFeeRate, entry.vsize);
  if (maxFee > 0 && entry.fee > maxFee) return { allowed: false, "reject-reason": TOO_HIGH };
  return {
    allowed: true,
    vsize: entry.vsize,
    fees: {
      base: amountJson(entry.fee),
      "effective-feerate": amountJson(ratePerKvb(entry.modifiedFee, entry.vsize)),
      "effective-includes": [formatHash(entry.wtxid)],
    },
  };
}
