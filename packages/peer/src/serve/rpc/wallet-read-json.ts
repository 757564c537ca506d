import { witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { formatHash, hashKey, keyHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { type HistoryOutput, transactionAmounts } from "../../wallet/read/transaction-amounts.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletTransaction } from "../../wallet/wallet-transaction.ts";
import { replaceability } from "./replaceability.ts";

export type JsonFields = { [key: string]: JsonOut | undefined };

/** Where and since when a transaction is known. Core: WalletTxToJSON. */
export function walletTransactionJson(wallet: Wallet, transaction: WalletTransaction): JsonFields {
  const { ledger } = wallet;
  const { state, notes } = transaction;
  const confirmations = ledger.depth(transaction);
  return {
    confirmations,
    generated: transaction.isCoinbase ? true : undefined,
    ...(state.type === "confirmed"
      ? {
          blockhash: formatHash(state.blockHash),
          blockheight: state.height,
          blockindex: state.index,
          blocktime: wallet.chain.node(state.blockHash)?.time,
        }
      : { trusted: ledger.isTrusted(transaction) }),
    txid: formatHash(transaction.txid),
    wtxid: formatHash(witnessTransactionId(transaction.view())),
    walletconflicts: ledger.conflicts(transaction).map(({ txid }) => formatHash(txid)),
    mempoolconflicts: [...transaction.mempoolConflicts].map((key) => formatHash(keyHash(key))),
    time: transaction.timeSmart,
    timereceived: transaction.timeReceived,
    "bip125-replaceable":
      confirmations > 0
        ? "no"
        : replaceability(wallet.mempool, transaction.view(), transaction.key),
    comment: notes.comment,
    replaced_by_txid: notes.replacedBy,
    replaces_txid: notes.replaces,
    to: notes.to,
  };
}

export interface EntryOptions {
  /** Confirmations that an incoming payment must have. */
  readonly minDepth?: number;
  /** Whether each entry tells all of the transaction. */
  readonly isLong: boolean;
  /** Only payments to addresses of this label. */
  readonly label?: string | undefined;
  readonly withChange?: boolean;
}

/** One entry for each payment that a transaction makes or brings. Core: ListTransactions. */
export function historyEntries(
  wallet: Wallet,
  transaction: WalletTransaction,
  { minDepth = 0, isLong, label, withChange = false }: EntryOptions,
): JsonFields[] {
  const { fee, sent, received } = transactionAmounts(wallet, transaction, withChange);
  const details = isLong ? walletTransactionJson(wallet, transaction) : {};
  const abandoned = transaction.isAbandoned;
  const entries: JsonFields[] = [];
  for (const output of label === undefined ? sent : [])
    entries.push({
      address: output.address ?? undefined,
      category: "send",
      amount: amountJson(-output.value),
      label: labelOf(wallet, output),
      vout: output.index,
      fee: amountJson(-fee),
      ...details,
      abandoned,
    });
  if (received.length === 0 || wallet.ledger.depth(transaction) < minDepth) return entries;
  const category = incomingCategory(wallet, transaction);
  for (const output of received) {
    const named = labelOf(wallet, output);
    if (label !== undefined && (named ?? "") !== label) continue;
    entries.push({
      address: output.address ?? undefined,
      parent_descs: parentDescriptors(wallet, output.script),
      category,
      amount: amountJson(output.value),
      label: named,
      vout: output.index,
      abandoned,
      ...details,
    });
  }
  return entries;
}

function labelOf(wallet: Wallet, { address }: HistoryOutput): string | undefined {
  return address === null ? undefined : wallet.labels.get(address);
}

function incomingCategory({ ledger }: Wallet, transaction: WalletTransaction): string {
  if (!transaction.isCoinbase) return "receive";
  if (ledger.depth(transaction) < 1) return "orphan";
  return ledger.isImmature(transaction) ? "immature" : "generate";
}

/** Descriptors of the wallet that a script comes from. Core: PushParentDescriptors. */
export function parentDescriptors(wallet: Wallet, script: Uint8Array): string[] {
  return wallet.findAll(script).map(({ descriptor }) => descriptor.text);
}

/** The block up to which an answer holds. Core: AppendLastProcessedBlock. */
export function lastProcessedBlock(wallet: Wallet): JsonFields {
  const { hash, height } = wallet.lastBlock;
  return { hash: formatHash(hash), height };
}

/** @throws RpcError -5 when the wallet does not have it */
export function ownTransaction(wallet: Wallet, txid: Uint8Array): WalletTransaction {
  const transaction = wallet.ledger.get(hashKey(txid));
  if (transaction !== undefined) return transaction;
  throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid or non-wallet transaction id");
}

/** @throws RpcError -11 for the one text that is no label. Core: LabelFromValue */
export function labelValue(value: Json): string {
  const label = value === null ? "" : asText(value);
  if (label !== "*") return label;
  throw new RpcError(RpcErrorCode.walletInvalidLabelName, "Invalid label name");
}
