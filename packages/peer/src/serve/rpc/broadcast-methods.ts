import { COIN, type Sats } from "@compeer/protocol/bitcoin/amount";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { formatFault } from "@compeer/protocol/consensus/fault";
import { isChildWithParentsTree, MAX_PACKAGE_COUNT } from "@compeer/protocol/policy/check-package";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { isUnspendable } from "@compeer/protocol/script/templates";
import { hasValidOps } from "@compeer/protocol/script/valid-ops";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import type { MempoolFault } from "../../mempool/mempool-fault.ts";
import type { PackageMember, PackageResult } from "../../mempool/package-result.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import { memberFees, packageJson } from "./package-json.ts";
import type { Params } from "./params.ts";

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
        return formatHash(await broadcast(deps, tx, maxFeeRateOf(params)));
      },
    }),
    rpcMethod("testmempoolaccept", {
      description:
        "Would the mempool take these transactions, parents before children? Nothing is kept or announced.",
      run: async ({ params }) => {
        const hex = listOfTransactions(params, "rawtxs");
        const maxFeeRate = maxFeeRateOf(params);
        const txs = hex.map(decodeMember);
        return testResults(txs, await deps.mempool.test(txs), maxFeeRate);
      },
    }),
    rpcMethod("submitpackage", {
      description:
        "Takes a child and its parents into the mempool and announces them; the child may pay for its parents. The child comes last, and no parent spends another.",
      run: ({ params }) => submitPackage(deps, params),
    }),
  ];
}

async function submitPackage(deps: BroadcastDeps, params: Params): Promise<JsonOut> {
  const { mempool, relay } = deps;
  const hex = listOfTransactions(params, "package");
  const rate = maxFeeRateOf(params);
  const maxBurn = params.optionalAmount("maxburnamount", 0);
  const txs = hex.map((text) => {
    const tx = decodeMember(text);
    if (burns(tx, maxBurn)) throw refused(BURNS_TOO_MUCH);
    return tx;
  });
  if (txs.length > 1 && !isChildWithParentsTree(txs)) throw refused(WRONG_TOPOLOGY);
  const result = await mempool.submitPackage(txs, { maxFeeRate: rate === 0 ? null : rate });
  for (const tx of txs) {
    const entry = mempool.get(hashKey(transactionId(tx)));
    if (entry !== undefined) relay(entry.txid, entry.wtxid);
  }
  return packageJson(txs, result);
}

const WRONG_TOPOLOGY =
  "package topology disallowed. not child-with-parents or parents depend on each other.";

function listOfTransactions(params: Params, name: string): string[] {
  const hex = params.array(name).map(asText);
  if (hex.length >= 1 && hex.length <= MAX_PACKAGE_COUNT) return hex;
  throw new RpcError(
    RpcErrorCode.invalidParameter,
    `Array must contain between 1 and ${MAX_PACKAGE_COUNT} transactions.`,
  );
}

function decodeMember(hex: string): TransactionView {
  const message = `TX decode failed: ${hex} Make sure the tx has at least one input.`;
  return decodeHexTransaction(hex, message);
}

const BURNS_TOO_MUCH = "Unspendable output exceeds maximum configured by user (maxburnamount)";

/** Returns the txid. Core: BroadcastTransaction. */
async function broadcast(
  { chain, mempool, relay }: BroadcastDeps,
  tx: TransactionView,
  maxFeeRate: Sats,
): Promise<Uint8Array> {
  const txid = transactionId(tx);
  const known = mempool.get(hashKey(txid));
  if (known !== undefined) {
    relay(txid, known.wtxid);
    return txid;
  }
  const maxFee = feeAt(maxFeeRate, virtualSize(tx.weight));
  const { fault, entry } = await mempool.submit(tx, maxFee > 0 ? { maxFee } : {});
  if (fault !== null) throw await refusalOf(tx, fault, chain);
  if (entry === null) throw new Error("neither taken nor refused");
  mempool.markUnbroadcast(entry.txidKey);
  relay(txid, entry.wtxid);
  return txid;
}

/** What is confirmed already is refused for that, whatever else; its outputs are only looked up then. */
async function refusalOf(
  tx: TransactionView,
  fault: MempoolFault,
  chain: Pick<Chain, "coin">,
): Promise<RpcError> {
  const txid = transactionId(tx);
  for (let i = 0; i < tx.outputCount; i++)
    if ((await chain.coin(txid, i)) !== null)
      return new RpcError(
        RpcErrorCode.verifyAlreadyInUtxoSet,
        "Transaction outputs already in utxo set",
      );
  if (fault.reason !== TOO_HIGH) return rejected(fault);
  return refused("Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
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
  { fault, results }: PackageResult,
  maxFeeRate: Sats,
): JsonOut {
  let isOver = false;
  return txs.map((tx) => {
    const wtxid = witnessTransactionId(tx);
    const ids = {
      txid: formatHash(transactionId(tx)),
      wtxid: formatHash(wtxid),
      "package-error": fault?.kind === "policy" ? formatFault(fault) : undefined,
    };
    const member = isOver ? undefined : results.get(hashKey(wtxid));
    if (member === undefined) return ids;
    const verdict = testResult(member, maxFeeRate);
    isOver = verdict["reject-reason"] === TOO_HIGH;
    return { ...ids, ...verdict };
  });
}

const TOO_HIGH = "max-fee-exceeded";

function testResult(
  member: PackageMember,
  maxFeeRate: Sats,
): { readonly [name: string]: JsonOut | undefined } {
  if (member.type === "invalid") {
    const { fault } = member;
    if (fault.kind === "missing-inputs")
      return { allowed: false, "reject-reason": "missing-inputs" };
    return {
      allowed: false,
      "reject-reason": fault.reason,
      "reject-details": formatFault(fault),
    };
  }
  if (member.type !== "valid") throw new Error("a test of what is in the mempool");
  const { vsize, fee } = member.entry;
  const maxFee = feeAt(maxFeeRate, vsize);
  if (maxFee > 0 && fee > maxFee) return { allowed: false, "reject-reason": TOO_HIGH };
  return { allowed: true, vsize, fees: memberFees(member) };
}
