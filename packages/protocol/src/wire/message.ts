import type { Block } from "../bitcoin/block.ts";
import type { BlockHeader } from "../bitcoin/header.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import type { GossipedAddress } from "./address-message.ts";
import type { FeatureMessage } from "./feature-message.ts";
import type { InventoryItems } from "./inventory.ts";
import type { LocatorQuestion } from "./locator.ts";
import type { VersionMessage } from "./version-message.ts";

/** Messages that say all by their name. */
type BareCommand =
  | "verack"
  | "wtxidrelay"
  | "sendaddrv2"
  | "sendheaders"
  | "getaddr"
  | "mempool"
  | "filterclear";

interface BareMessage {
  readonly type: BareCommand;
}

/** BIP152. */
interface SendCompactMessage {
  readonly type: "sendcmpct";
  readonly highBandwidth: boolean;
  readonly version: bigint;
}

/** BIP133. */
interface FeeFilterMessage {
  readonly type: "feefilter";
  /** Satoshis a 1000 virtual bytes; may be out of range. */
  readonly feeRate: number;
}

interface PingMessage {
  readonly type: "ping" | "pong";
  /** Null where the sender gave none (before BIP31). */
  readonly nonce: bigint | null;
}

interface InventoryMessage {
  readonly type: "inv" | "getdata" | "notfound";
  readonly items: InventoryItems;
}

interface LocatorMessage extends LocatorQuestion {
  readonly type: "getheaders" | "getblocks";
}

interface HeadersMessage {
  readonly type: "headers";
  readonly headers: readonly BlockHeader[];
}

interface BlockMessage {
  readonly type: "block";
  readonly block: Block;
}

interface TransactionMessage {
  readonly type: "tx";
  readonly tx: TransactionView;
}

interface AddressMessage {
  readonly type: "addr" | "addrv2";
  readonly addresses: readonly GossipedAddress[];
}

/** Known by name; what serves or asks for it decodes the rest. */
interface UndecodedMessage {
  readonly type: UndecodedCommand;
  readonly payload: Uint8Array;
}

export type UndecodedCommand =
  | "cmpctblock"
  | "getblocktxn"
  | "blocktxn"
  | "getcfilters"
  | "cfilter"
  | "getcfheaders"
  | "cfheaders"
  | "getcfcheckpt"
  | "cfcheckpt"
  | "filterload"
  | "filteradd"
  | "merkleblock"
  | "sendtxrcncl"
  | "getaudit"
  | "audit";

export interface UnknownMessage {
  readonly type: "unknown";
  readonly command: string;
}

/** Whatever one peer says to another. */
export type Message =
  | VersionMessage
  | BareMessage
  | SendCompactMessage
  | FeeFilterMessage
  | PingMessage
  | InventoryMessage
  | LocatorMessage
  | HeadersMessage
  | BlockMessage
  | TransactionMessage
  | AddressMessage
  | FeatureMessage
  | UndecodedMessage
  | UnknownMessage;

const COMMANDS: ReadonlySet<string> = new Set<Message["type"]>([
  "version",
  "verack",
  "wtxidrelay",
  "sendaddrv2",
  "sendheaders",
  "getaddr",
  "mempool",
  "filterclear",
  "sendcmpct",
  "feefilter",
  "ping",
  "pong",
  "inv",
  "getdata",
  "notfound",
  "getheaders",
  "getblocks",
  "headers",
  "block",
  "tx",
  "addr",
  "addrv2",
  "feature",
  "cmpctblock",
  "getblocktxn",
  "blocktxn",
  "getcfilters",
  "cfilter",
  "getcfheaders",
  "cfheaders",
  "getcfcheckpt",
  "cfcheckpt",
  "filterload",
  "filteradd",
  "merkleblock",
  "sendtxrcncl",
  "getaudit",
  "audit",
]);

/** True for a command that has a meaning; counters of traffic list only these by name. */
export function isKnownCommand(command: string): boolean {
  return COMMANDS.has(command);
}
