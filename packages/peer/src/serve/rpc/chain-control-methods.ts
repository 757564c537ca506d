import { decodeFirstBlock } from "@compeer/protocol/bitcoin/block";
import { type BlockHeader, decodeHeader, HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { withReservedValue } from "@compeer/protocol/consensus/reserved-value";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { PruneMode } from "../../chain/chain-parts.ts";
import { knownBlock } from "./lookups.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";

/** Above it, a prune height is a time. Core: pruneblockchain. */
const FIRST_TIME = 1_000_000_000;
const TIMESTAMP_WINDOW = 2 * 60 * 60;
/** Blocks below the tip that are never pruned. Core: MIN_BLOCKS_TO_KEEP. */
const BLOCKS_TO_KEEP = 288;

export interface ChainControlDeps {
  readonly chain: Chain;
  readonly prune: PruneMode;
  readonly indexes: { settled(): Promise<void> };
}

/** Methods that hand blocks to the chain or change its mind. */
export function chainControlMethods({
  chain,
  prune,
  indexes,
}: ChainControlDeps): readonly RpcMethod[] {
  return [
    rpcMethod("submitblock", {
      description:
        "Hands a block to this peer as if it had found it. Null when it was taken, else why not.",
      run: ({ params }) => submitBlock(chain, params.text("hexdata")),
    }),
    rpcMethod("submitheader", {
      description: "Hands a header to this peer; an error tells why it was not taken.",
      run: ({ params }) => submitHeader(chain, params.text("hexdata")),
    }),
    rpcMethod("invalidateblock", {
      description: "Treats a block as if it broke a rule, for good.",
      run: async ({ params }) => {
        await chain.invalidate(knownBlock(chain, params.hash("blockhash")));
        return null;
      },
    }),
    rpcMethod("reconsiderblock", {
      description:
        "Takes back that a block and those on top of it are invalid, and checks them again.",
      run: async ({ params }) => {
        await chain.reconsider(knownBlock(chain, params.hash("blockhash")));
        return null;
      },
    }),
    rpcMethod("preciousblock", {
      description: "Treats a block as if it had come before others of the same work.",
      run: async ({ params }) => {
        await chain.precious(knownBlock(chain, params.hash("blockhash")));
        return null;
      },
    }),
    rpcMethod("pruneblockchain", {
      description: "Deletes the data of blocks up to a height, or of those older than a time.",
      run: ({ params }) => pruneTo(chain, prune, params.int("height")),
    }),
    rpcMethod("verifychain", {
      description: "Checks the last blocks on disk again. Levels 0 to 4 go deeper and deeper.",
      run: ({ params, signal }) =>
        chain.verify(params.optionalInt("checklevel", 3), params.optionalInt("nblocks", 6), signal),
    }),
    rpcMethod("syncwithvalidationinterfacequeue", {
      description: "Waits until all that followed from the last block is done.",
      run: async () => {
        await chain.exclusive(() => undefined);
        await indexes.settled();
        return null;
      },
    }),
  ];
}

/** The answer of BIP22: null, "duplicate", "inconclusive" or the rule that the block breaks. */
async function submitBlock(chain: Chain, hex: string): Promise<JsonOut> {
  const decoded = decodeOrRefuse(hex, decodeFirstBlock, "Block decode failed");
  const parent = chain.node(decoded.header.prevHash);
  const block =
    parent !== null && parent.height + 1 >= chain.network.segwitHeight
      ? withReservedValue(decoded)
      : decoded;
  let checked = false;
  const unsubscribe = chain.blockChecked.on(({ hash }) => {
    checked ||= equalBytes(hash, block.hash);
  });
  try {
    const { fault, isNew } = await chain.submitBlock(block, { force: true });
    if (fault !== null) return fault.reason;
    if (!isNew) return "duplicate";
    return checked ? null : "inconclusive";
  } finally {
    unsubscribe();
  }
}

function submitHeader(chain: Chain, hex: string): JsonOut {
  // Callers may hand in a whole block: it begins with its header.
  const firstBytes = (bytes: Uint8Array): BlockHeader => decodeHeader(bytes.slice(0, HEADER_SIZE));
  const header = decodeOrRefuse(hex, firstBytes, "Block header decode failed");
  if (chain.node(header.prevHash) === null)
    throw new RpcError(
      RpcErrorCode.verify,
      `Must submit previous header (${formatHash(header.prevHash)}) first`,
    );
  const { fault } = chain.acceptHeaders([header]);
  if (fault !== null) throw new RpcError(RpcErrorCode.verify, fault.reason);
  return null;
}

function decodeOrRefuse<T>(hex: string, decode: (bytes: Uint8Array) => T, message: string): T {
  if (isHex(hex))
    try {
      return decode(decodeHex(hex));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  throw new RpcError(RpcErrorCode.deserialization, message);
}

async function pruneTo(chain: Chain, prune: PruneMode, value: number): Promise<number> {
  if (prune === "off")
    throw new RpcError(RpcErrorCode.misc, "Cannot prune blocks because node is not in prune mode.");
  if (value < 0) throw new RpcError(RpcErrorCode.invalidParameter, "Negative block height.");
  const wanted = value > FIRST_TIME ? heightAtTime(chain, value - TIMESTAMP_WINDOW) : value;
  const { height } = chain.tip;
  if (height < chain.network.pruneAfterHeight)
    throw new RpcError(RpcErrorCode.misc, "Blockchain is too short for pruning.");
  if (wanted > height)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Blockchain is shorter than the attempted prune height.",
    );
  const pruneHeight = await chain.pruneTo(Math.min(wanted, height - BLOCKS_TO_KEEP));
  return pruneHeight - 1;
}

/** Height of the first block at or after which no earlier time comes. Core: FindEarliestAtLeast. */
function heightAtTime(chain: Chain, time: number): number {
  let low = 0;
  let high = chain.tip.height + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chain.at(middle) as BlockNode).timeMax < time) low = middle + 1;
    else high = middle;
  }
  if (low > chain.tip.height)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Could not find block with at least the specified timestamp.",
    );
  return low;
}
