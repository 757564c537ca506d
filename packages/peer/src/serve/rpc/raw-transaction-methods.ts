import { blockTxid } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asHash, asHex } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { Indexes } from "../../indexes/indexes.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { confirmationsOf } from "./block-json.ts";
import { createRawTransaction } from "./create-raw-transaction.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { decodeScriptJson } from "./decode-script.ts";
import { blockOf } from "./lookups.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import { signWithKeys } from "./sign-with-keys.ts";
import { transactionJson } from "./transaction-json.ts";

export interface RawTransactionDeps {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly indexes: Indexes;
}

/** Methods over transactions as they are, without a wallet. */
export function rawTransactionMethods(deps: RawTransactionDeps): readonly RpcMethod[] {
  const { chain } = deps;
  const { network } = chain;
  return [
    rpcMethod("getrawtransaction", {
      description:
        "A transaction of the mempool, or of a block that is named: 0 as hex, 1 as fields, 2 with fee and the coins it spends.",
      run: ({ params }) => {
        const hash = params.has("blockhash")
          ? asHash(params.raw("blockhash"), "parameter 3")
          : null;
        return rawTransaction(
          deps,
          asHash(params.raw("txid"), "parameter 1"),
          params.verbosity("verbosity", 0),
          hash,
        );
      },
    }),
    rpcMethod("decoderawtransaction", {
      description: "The fields of a transaction that is given as hex.",
      run: ({ params }) => {
        const witness = params.optionalBool("iswitness");
        const tx = decodeHexTransaction(params.text("hexstring"), "TX decode failed", witness);
        return transactionJson(tx, network, { withHex: false });
      },
    }),
    rpcMethod("decodescript", {
      description: "What a script says, and the addresses that would wrap it.",
      run: ({ params }) =>
        decodeScriptJson(
          params.text("hexstring") === ""
            ? new Uint8Array(0)
            : asHex(params.raw("hexstring"), "argument"),
          network,
        ),
    }),
    rpcMethod("createrawtransaction", {
      description: "Builds a transaction without signatures from inputs and outputs, as hex.",
      run: ({ params }) => encodeHex(createRawTransaction(params, network)),
    }),
    rpcMethod("signrawtransactionwithkey", {
      description: "Signs what private keys can sign of a transaction that is given as hex.",
      run: ({ params }) => signWithKeys(deps, params),
    }),
  ];
}

async function rawTransaction(
  { chain, mempool, indexes }: RawTransactionDeps,
  txid: Uint8Array,
  verbosity: number,
  blockHash: Uint8Array | null,
): Promise<JsonOut> {
  const genesis = chain.at(0);
  if (genesis && equalBytes(genesis.merkleRoot, txid))
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved",
    );
  const named = blockHash && chain.node(blockHash);
  if (blockHash && !named)
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Block hash not found");
  const waiting = named === null ? mempool.get(hashKey(txid))?.tx : undefined;
  const node = named ?? (waiting ? null : await findBlock(chain, indexes, txid));
  const found = node
    ? await findInBlock(chain, node, txid, verbosity >= 2)
    : { tx: waiting, spent: null };
  if (!found.tx) throw await notFound(named !== null, indexes);
  if (verbosity <= 0) return encodeHex(found.tx.raw);
  return {
    in_active_chain: named ? chain.contains(named) : undefined,
    ...transactionJson(found.tx, chain.network, {
      spent: found.spent ?? undefined,
      withPrevouts: true,
    }),
    ...(node ? blockFields(chain, node) : {}),
  };
}

/** The block that -txindex names for a transaction. */
async function findBlock(
  chain: Chain,
  { transactions }: Indexes,
  txid: Uint8Array,
): Promise<BlockNode | null> {
  const at = (await transactions?.find(txid)) ?? null;
  return at && chain.blockStoredAt({ file: at.file, offset: at.blockOffset });
}

/** Core: the words of getrawtransaction. */
async function notFound(inBlock: boolean, indexes: Indexes): Promise<RpcError> {
  const { transactions } = indexes;
  let reason = "No such mempool or blockchain transaction";
  if (inBlock) reason = "No such transaction found in the provided block";
  else if (transactions === null)
    reason =
      "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries";
  else if (!(await indexes.isReady(transactions)))
    reason =
      "No such mempool transaction. Blockchain transactions are still in the process of being indexed";
  return new RpcError(
    RpcErrorCode.invalidAddressOrKey,
    `${reason}. Use gettransaction for wallet transactions.`,
  );
}

function blockFields(chain: Chain, node: BlockNode): { [key: string]: JsonOut } {
  const confirmations = confirmationsOf(chain, node);
  const blockhash = formatHash(node.hash);
  if (confirmations < 0) return { blockhash, confirmations: 0 };
  return { blockhash, confirmations, time: node.time, blocktime: node.time };
}

interface FoundTransaction {
  readonly tx: TransactionView | undefined;
  readonly spent: SpentCoins | null;
}

async function findInBlock(
  chain: Chain,
  node: BlockNode,
  txid: Uint8Array,
  withSpent: boolean,
): Promise<FoundTransaction> {
  if (!node.haveData) throw new RpcError(RpcErrorCode.misc, "Block not available");
  const block = await blockOf(chain, node);
  const index = block.transactions.findIndex((_, i) => equalBytes(blockTxid(block, i), txid));
  const tx = block.transactions[index];
  const spent = tx && withSpent && node.haveUndo ? await chain.readSpent(node, block) : null;
  return { tx, spent };
}
