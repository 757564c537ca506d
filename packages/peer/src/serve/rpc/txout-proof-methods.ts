import { blockTxid } from "@compeer/protocol/bitcoin/block";
import {
  decodeMerkleProof,
  encodeMerkleProof,
  type MerkleProof,
  provenTransactions,
} from "@compeer/protocol/bitcoin/merkle-proof";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { formatHash, hashKey, keyHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asHash, asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import { blockOf, knownBlock } from "./lookups.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

/** Outputs of one transaction that are looked at for an unspent one. Core: MAX_OUTPUTS_PER_BLOCK. */
const MAX_OUTPUTS = 111_111;

/** Methods that prove that transactions are in a block. */
export function txoutProofMethods(chain: Chain): readonly RpcMethod[] {
  return [
    rpcMethod("gettxoutproof", {
      description:
        "A proof, for somebody who has the headers, that transactions are in a block. Without the block's hash, one of them must have an unspent output.",
      result: '"hex"    (string) the proof',
      run: ({ params }) => getTxoutProof(chain, params),
    }),
    rpcMethod("verifytxoutproof", {
      description:
        "The transactions that a proof leads to; none when it is wrong. Its block must be in the chain.",
      run: ({ params }) => verifyTxoutProof(chain, params),
    }),
  ];
}

async function getTxoutProof(chain: Chain, params: Params): Promise<JsonOut> {
  const wanted = wantedTxids(params);
  const hash = params.optionalHash("blockhash");
  const node = hash === undefined ? await blockOfUnspent(chain, wanted) : knownBlock(chain, hash);
  const block = await blockOf(chain, node);
  const txids = block.transactions.map((_, i) => blockTxid(block, i));
  const isWanted = txids.map((txid) => wanted.has(hashKey(txid)));
  if (isWanted.filter(Boolean).length !== wanted.size)
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      "Not all transactions found in specified or retrieved block",
    );
  return encodeHex(
    encodeMerkleProof(block.header.raw, txids, (index) => isWanted[index] as boolean),
  );
}

function wantedTxids(params: Params): Set<string> {
  const list = params.array("txids");
  if (list.length === 0)
    throw new RpcError(RpcErrorCode.invalidParameter, "Parameter 'txids' cannot be empty");
  const wanted = new Set<string>();
  for (const each of list) {
    const key = hashKey(asHash(each, "txid"));
    if (wanted.has(key))
      throw new RpcError(
        RpcErrorCode.invalidParameter,
        `Invalid parameter, duplicated txid: ${asText(each)}`,
      );
    wanted.add(key);
  }
  return wanted;
}

/** The block of whichever transaction has an unspent output. Core: AccessByTxid. */
async function blockOfUnspent(chain: Chain, wanted: ReadonlySet<string>): Promise<BlockNode> {
  for (const key of wanted)
    for (let index = 0; index < MAX_OUTPUTS; index++) {
      const coin = await chain.coin(keyHash(key), index);
      const node = coin && chain.at(coin.height);
      if (node) return node;
    }
  throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Transaction not yet in block");
}

function verifyTxoutProof(chain: Chain, params: Params): JsonOut {
  const proof = readMerkleProof(params, "proof");
  const found = provenTransactions(proof);
  if (found === null) return [];
  const node = chain.node(proof.header.hash);
  if (node === null || !chain.contains(node) || node.txCount === 0)
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Block not found in chain");
  return node.txCount === proof.total ? found.map(({ txid }) => formatHash(txid)) : [];
}

/** A proof given as hex. */
export function readMerkleProof(params: Params, name: string): MerkleProof {
  try {
    return decodeMerkleProof(params.hex(name));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RpcError(RpcErrorCode.misc, `DataStream::read(): ${error.message}`, { cause: error });
  }
}
