import type { BlockHeader } from "../bitcoin/header.ts";
import { Writer } from "../bytes/writer.ts";
import { encodeAddresses, encodeAddressesV2 } from "./address-message.ts";
import { encodeFeature } from "./feature-message.ts";
import { encodeHeaders } from "./headers-message.ts";
import { encodeInventory } from "./inventory.ts";
import { encodeLocator } from "./locator.ts";
import type { Message, UnknownMessage } from "./message.ts";
import { encodeVersion } from "./version-message.ts";

const NOTHING = new Uint8Array(0);

/** The payload of `message`; its command is `message.type`. */
export function encodeMessage(message: Exclude<Message, UnknownMessage>): Uint8Array {
  switch (message.type) {
    case "version":
      return encodeVersion(message);
    case "verack":
    case "wtxidrelay":
    case "sendaddrv2":
    case "sendheaders":
    case "getaddr":
    case "mempool":
    case "filterclear":
      return NOTHING;
    case "sendcmpct":
      return new Writer(9)
        .u8(message.highBandwidth ? 1 : 0)
        .u64big(message.version)
        .finish();
    case "feefilter":
      return new Writer(8).u64(message.feeRate).finish();
    case "ping":
    case "pong":
      return message.nonce === null ? NOTHING : new Writer(8).u64big(message.nonce).finish();
    case "inv":
    case "getdata":
    case "notfound":
      return encodeInventory(message.items);
    case "getheaders":
    case "getblocks":
      return encodeLocator(message);
    case "headers":
      return encodeHeaders(message.headers.map((header: BlockHeader) => header.raw));
    case "block":
      return message.block.raw;
    case "tx":
      return message.tx.raw;
    case "addr":
      return encodeAddresses(message.addresses);
    case "addrv2":
      return encodeAddressesV2(message.addresses);
    case "feature":
      return encodeFeature(message);
    default:
      return message.payload;
  }
}
