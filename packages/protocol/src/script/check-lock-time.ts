import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { LOCKTIME_THRESHOLD } from "./limits.ts";

const SEQUENCE_FINAL = 0xffffffff;
/** BIP68: set in a sequence that is no relative lock. */
export const SEQUENCE_DISABLE_FLAG = 0x80000000;
/** BIP68: the lock counts units of 512 seconds, not blocks. */
const SEQUENCE_TYPE_FLAG = 1 << 22;
/** BIP68: what of a sequence is a lock, kind and length. */
const SEQUENCE_LOCK_BITS = SEQUENCE_TYPE_FLAG | 0xffff;

/** Whether the transaction cannot be in a block before `lockTime` (BIP65). */
export function checkLockTime(tx: TransactionView, input: number, lockTime: number): boolean {
  const sameKind = tx.lockTime < LOCKTIME_THRESHOLD === lockTime < LOCKTIME_THRESHOLD;
  // A final sequence would switch the transaction's lock time off.
  return sameKind && lockTime <= tx.lockTime && tx.sequence(input) !== SEQUENCE_FINAL;
}

/** Whether the input's relative lock is at least `sequence` (BIP112). */
export function checkSequence(tx: TransactionView, input: number, sequence: number): boolean {
  const own = tx.sequence(input);
  // The version is unsigned: 0xffffffff has relative locks (CVE-2024-34478).
  if (tx.version < 2 || (own & SEQUENCE_DISABLE_FLAG) !== 0) return false;
  const asked = sequence & SEQUENCE_LOCK_BITS;
  const given = own & SEQUENCE_LOCK_BITS;
  const sameKind = asked < SEQUENCE_TYPE_FLAG === given < SEQUENCE_TYPE_FLAG;
  return sameKind && asked <= given;
}
