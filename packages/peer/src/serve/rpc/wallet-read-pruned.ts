import { provenTransactions } from "@compeer/protocol/bitcoin/merkle-proof";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { readMerkleProof } from "./txout-proof-methods.ts";

/** Methods that put transactions in and out by hand, where blocks are not there to be scanned. */
export function walletPrunedMethods(manager: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("importprunedfunds", {
      description:
        "Adds a transaction that pays the wallet, with the proof that it is in a block, without a scan.",
      result: "null    (json null)",
      run: (call) => importPrunedFunds(manager, call),
    }),
    rpcMethod("removeprunedfunds", {
      description: "Takes a transaction out of the wallet, and its coins with it.",
      result: "null    (json null)",
      run: (call) => removePrunedFunds(manager, call),
    }),
  ];
}

async function importPrunedFunds(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  const { params } = call;
  const refuse = (message: string): never => {
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, message);
  };
  const tx = decodeHexTransaction(
    params.text("rawtransaction"),
    "TX decode failed. Make sure the tx has at least one input.",
  );
  const proof = readMerkleProof(params, "txoutproof");
  const found = provenTransactions(proof) ?? refuse("Something wrong with merkleblock");
  await wallet.synced();
  const node = wallet.chain.node(proof.header.hash);
  if (node === null || !wallet.chain.contains(node)) return refuse("Block not found in chain");
  const txid = transactionId(tx);
  const place =
    found.find((each) => equalBytes(each.txid, txid)) ??
    refuse("Transaction given doesn't exist in proof");
  if (!paysTo(wallet, tx)) refuse("No addresses in wallet correspond to included transaction");
  wallet.addConfirmed(tx.raw, node, place.index);
  return null;
}

function paysTo(wallet: Wallet, tx: TransactionView): boolean {
  for (let i = 0; i < tx.outputCount; i++)
    if (wallet.find(tx.outputScript(i)) !== null) return true;
  return false;
}

async function removePrunedFunds(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  const txid = call.params.hash("txid");
  const key = hashKey(txid);
  if (wallet.ledger.get(key) === undefined)
    throw new RpcError(
      RpcErrorCode.wallet,
      `Transaction ${formatHash(txid)} does not belong to this wallet`,
    );
  wallet.remove(key);
  return null;
}
