import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asHash, asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import { isChange } from "../../wallet/read/transaction-amounts.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import type { WalletTransaction } from "../../wallet/wallet-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { TimeSlice } from "./time-slice.ts";
import { transactionJson } from "./transaction-json.ts";
import {
  type EntryOptions,
  historyEntries,
  type JsonFields,
  labelValue,
  lastProcessedBlock,
  ownTransaction,
  walletTransactionJson,
} from "./wallet-read-json.ts";

/** Entries of blocks that left the chain are told whatever their confirmations. */
const ANY_DEPTH = -100_000_000;

/** Methods that tell what happened in a wallet. */
export function walletHistoryMethods(manager: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("listtransactions", {
      description:
        "The newest payments made and received, oldest first; with a label, those received by its addresses.",
      run: (call) => listTransactions(manager, call),
    }),
    rpcMethod("listsinceblock", {
      description:
        "Payments in blocks after the one named, and those not in a block; `removed` holds those of blocks that left the chain since.",
      run: (call) => listSinceBlock(manager, call),
    }),
    rpcMethod("gettransaction", {
      description: "All that the wallet knows of one of its transactions.",
      run: (call) => getTransaction(manager, call),
    }),
    rpcMethod("abandontransaction", {
      description:
        "Gives up a transaction that is neither in a block nor in the mempool, with all that spend from it, so that its coins can be spent again.",
      result: "null    (json null)",
      run: (call) => abandonTransaction(manager, call),
    }),
  ];
}

async function listTransactions(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const { params } = call;
  const label = filterLabel(params.optionalText("label", "*"));
  const count = params.optionalInt("count", 10);
  const skip = params.optionalInt("skip", 0);
  if (count < 0) throw new RpcError(RpcErrorCode.invalidParameter, "Negative count");
  if (skip < 0) throw new RpcError(RpcErrorCode.invalidParameter, "Negative from");
  // Newest first until there are enough, then turned around.
  const newest: JsonFields[] = [];
  let left = skip;
  for (const transaction of wallet.ledger.inOrder().toReversed()) {
    if (newest.length >= count) break;
    if (left > 0) {
      const skipped = historyEntries(wallet, transaction, { isLong: false, label }).length;
      if (skipped <= left) {
        left -= skipped;
        continue;
      }
    }
    newest.push(...historyEntries(wallet, transaction, { isLong: true, label }).slice(left));
    left = 0;
  }
  return newest.slice(0, count).reverse();
}

function filterLabel(text: string): string | undefined {
  if (text === "*") return undefined;
  if (text !== "") return text;
  throw new RpcError(
    RpcErrorCode.invalidParameter,
    'Label argument must be a valid label name or "*".',
  );
}

async function listSinceBlock(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const { params } = call;
  const since = sinceBlock(wallet, call);
  const target = params.optionalInt("target_confirmations", 1);
  if (target < 1) throw new RpcError(RpcErrorCode.invalidParameter, "Invalid parameter");
  const withRemoved = params.optionalBool("include_removed", true);
  const label = params.has("label") ? labelValue(params.raw("label")) : undefined;
  const withChange = params.optionalBool("include_change", false);
  const options: EntryOptions = { isLong: true, label, withChange };

  const { ledger, chain } = wallet;
  const depth = since === null ? null : ledger.height + 1 - chain.findFork(since).height;
  const slice = new TimeSlice();
  const transactions: JsonFields[] = [];
  for (const each of [...ledger.inOrder()]) {
    if (depth !== null && Math.abs(ledger.depth(each)) >= depth) continue;
    await slice.rest();
    transactions.push(...historyEntries(wallet, each, options));
  }
  const removed = withRemoved && since !== null ? await removedSince(wallet, since, options) : [];
  const last = chain.at(Math.max(0, ledger.height + 1 - target)) ?? chain.tip;
  return {
    transactions,
    removed: withRemoved ? removed : undefined,
    lastblock: formatHash(last.hash),
  };
}

function sinceBlock(wallet: Wallet, { params }: RpcCall): BlockNode | null {
  const value = params.raw("blockhash");
  if (value === null || asText(value) === "") return null;
  const node = wallet.chain.node(asHash(value, "blockhash"));
  if (node !== null) return node;
  throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Block not found");
}

/** Entries of the blocks from `since` down to where its branch left the chain. */
async function removedSince(
  wallet: Wallet,
  since: BlockNode,
  options: EntryOptions,
): Promise<JsonFields[]> {
  const { chain, ledger } = wallet;
  const fork = chain.findFork(since);
  const removed: JsonFields[] = [];
  for (let node = since; node !== fork; node = node.parent as BlockNode) {
    const bytes = await chain.readBlock(node);
    if (bytes === null) throw new RpcError(RpcErrorCode.internal, "Can't read block from disk");
    for (const view of decodeBlock(bytes).transactions) {
      const transaction = ledger.get(hashKey(transactionId(view)));
      if (transaction !== undefined)
        removed.push(...historyEntries(wallet, transaction, { ...options, minDepth: ANY_DEPTH }));
    }
  }
  return removed;
}

async function getTransaction(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const { ledger } = wallet;
  const transaction = ownTransaction(wallet, call.params.hash("txid"));
  const debit = ledger.debit(transaction);
  const view = transaction.view();
  let paid = 0;
  for (let i = 0; i < view.outputCount; i++) paid += view.outputValue(i);
  const fee = transaction.fromMe ? paid - debit : 0;
  return {
    amount: amountJson(ledger.credit(transaction) - debit - fee),
    fee: transaction.fromMe ? amountJson(fee) : undefined,
    ...walletTransactionJson(wallet, transaction),
    details: historyEntries(wallet, transaction, { isLong: false }),
    hex: encodeHex(transaction.raw),
    decoded: call.params.optionalBool("verbose", false)
      ? decodedTransaction(wallet, transaction)
      : undefined,
    lastprocessedblock: lastProcessedBlock(wallet),
  };
}

/** As `decoderawtransaction`, with outputs that are change marked. */
function decodedTransaction(wallet: Wallet, transaction: WalletTransaction): JsonFields {
  const view = transaction.view();
  const decoded = transactionJson(view, wallet.network, { withHex: false });
  const { vout } = decoded;
  const outputs = (vout as readonly JsonFields[]).map((output, i) =>
    isChange(wallet, view.outputScript(i)) ? { ...output, ischange: true } : output,
  );
  return { ...decoded, vout: outputs };
}

async function abandonTransaction(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const { key } = ownTransaction(wallet, call.params.hash("txid"));
  if (wallet.abandon(key)) return null;
  throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Transaction not eligible for abandonment");
}
