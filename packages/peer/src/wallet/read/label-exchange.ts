import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { formatHash, hashKey, parseHash } from "@compeer/protocol/bytes/hash";
import type { LabelRecord } from "@compeer/protocol/wallet/label-record";
import type { Wallet } from "../wallet.ts";

/** Labels and frozen coins of a wallet as BIP329 writes them. */
export function exportLabels(wallet: Wallet): LabelRecord[] {
  const records: LabelRecord[] = [];
  for (const [ref, { label }] of wallet.labels.entries())
    if (label !== "") records.push({ type: "addr", ref, label });
  for (const { txid, comment } of wallet.ledger.inOrder())
    if (comment !== "") records.push({ type: "tx", ref: formatHash(txid), label: comment });
  for (const outpoint of wallet.lockedCoins)
    records.push({ type: "output", ref: formatOutpoint(outpoint), spendable: false });
  return records;
}

export interface AppliedLabels {
  readonly applied: number;
  /** Records about what this wallet keeps no label of. */
  readonly ignored: number;
}

/**
 * Takes over the labels of addresses and transactions, and which coins are frozen. What a record leaves
 * out stays as it is.
 */
export async function applyLabels(
  wallet: Wallet,
  records: readonly LabelRecord[],
): Promise<AppliedLabels> {
  let applied = 0;
  for (const record of records) if (await applyLabel(wallet, record)) applied++;
  return { applied, ignored: records.length - applied };
}

async function applyLabel(wallet: Wallet, record: LabelRecord): Promise<boolean> {
  const { type, ref, label, spendable } = record;
  if (type === "addr" && label !== undefined) return labelAddress(wallet, ref, label);
  if (type === "tx" && label !== undefined) {
    const txid = parseTxid(ref);
    return txid !== null && wallet.setComment(hashKey(txid), label);
  }
  if (type === "output" && spendable !== undefined) return freeze(wallet, ref, !spendable);
  return false;
}

async function freeze(wallet: Wallet, ref: string, frozen: boolean): Promise<boolean> {
  const outpoint = parseOutpoint(ref);
  if (outpoint === null || wallet.ledger.output(outpoint.txid, outpoint.index) === undefined)
    return false;
  if (frozen) await wallet.lockCoin(outpoint, true);
  else await wallet.unlockCoin(outpoint);
  return true;
}

async function labelAddress(wallet: Wallet, ref: string, label: string): Promise<boolean> {
  const verdict = checkAddress(ref, wallet.network);
  if (!("script" in verdict) || label === "*") return false; // "*" stands for all labels
  const purpose = wallet.find(verdict.script) === null ? "send" : "receive";
  await wallet.labels.set(formatAddress(verdict.script, wallet.network) as string, label, purpose);
  return true;
}

function formatOutpoint({ txid, index }: OutPoint): string {
  return `${formatHash(txid)}:${index}`;
}

function parseOutpoint(ref: string): OutPoint | null {
  const [, hex = "", index = ""] = /^([^:]*):(\d{1,9})$/.exec(ref) ?? [];
  const txid = parseTxid(hex);
  return txid && { txid, index: Number(index) };
}

function parseTxid(hex: string): Uint8Array | null {
  try {
    return parseHash(hex);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
