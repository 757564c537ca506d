import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { encodeTransaction, type TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";

export interface SpentOutput {
  readonly value: number;
  readonly script: Uint8Array;
}

/** A transaction and the outputs that its inputs spend, in their order. */
export function contextOf(
  tx: TransactionView,
  outputs: readonly SpentOutput[],
): TransactionContext {
  const coins = new SpentCoins(tx.firstInput + outputs.length);
  outputs.forEach(({ value, script }, i) => {
    coins.setCoin(tx.firstInput + i, { value, script, height: 1, coinbase: false });
  });
  return new TransactionContext(tx, coins, signatureBackend());
}

/**
 * The pair of transactions that Core's script tests use: one pays `value` to `scriptPubKey`, one spends
 * that. Core: src/test/util/transaction_utils.cpp.
 */
export function spendOf(
  scriptSig: Uint8Array,
  scriptPubKey: Uint8Array,
  witness: readonly Uint8Array[],
  value: number,
): TransactionContext {
  const credit = view({
    version: 1,
    inputs: [input(new Uint8Array(32), 0xffffffff, Uint8Array.of(0, 0), [])],
    outputs: [{ value, script: scriptPubKey }],
    lockTime: 0,
  });
  const spending = view({
    version: 1,
    inputs: [input(transactionId(credit), 0, scriptSig, witness)],
    outputs: [{ value, script: new Uint8Array(0) }],
    lockTime: 0,
  });
  return contextOf(spending, [{ value, script: scriptPubKey }]);
}

function input(
  txid: Uint8Array,
  index: number,
  script: Uint8Array,
  witness: readonly Uint8Array[],
): TransactionBody["inputs"][number] {
  return { prevout: { txid, index }, script, sequence: 0xffffffff, witness };
}

function view(body: TransactionBody): TransactionView {
  return parseTransaction(encodeTransaction(body));
}
