import { decodeFirstBlock } from "../bitcoin/block.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { Reader } from "../bytes/reader.ts";
import { decodeAddresses, decodeAddressesV2 } from "./address-message.ts";
import { decodeFeature } from "./feature-message.ts";
import { decodeHeaders } from "./headers-message.ts";
import { Inventory } from "./inventory.ts";
import { decodeLocator } from "./locator.ts";
import { isKnownCommand, type Message, type UndecodedCommand } from "./message.ts";
import { decodeVersion } from "./version-message.ts";

/**
 * The message that `command` and `payload` make.
 *
 * @throws DecodeError when it does not decode or has bytes left over; LimitError when it holds too much
 */
export function decodeMessage(command: string, payload: Uint8Array): Message {
  switch (command) {
    case "version":
      return decodeVersion(payload);
    case "verack":
    case "wtxidrelay":
    case "sendaddrv2":
    case "sendheaders":
    case "getaddr":
    case "mempool":
    case "filterclear":
      return { type: command };
    case "sendcmpct":
      return decodeSendCompact(payload);
    case "feefilter":
      return decodeFeeFilter(payload);
    case "ping":
      return decodePing(payload);
    case "pong":
      // A short or long pong ends the ping all the same; who sent it decides nothing.
      return { type: "pong", nonce: payload.length < 8 ? null : new Reader(payload).u64big() };
    case "inv":
    case "getdata":
    case "notfound":
      return { type: command, items: new Inventory(command, payload) };
    case "getheaders":
    case "getblocks":
      return { type: command, ...decodeLocator(payload) };
    case "headers":
      return { type: command, headers: decodeHeaders(payload) };
    case "block":
      // What follows the block is let go, as Core does: a broken witness must not hide behind it.
      return { type: command, block: decodeFirstBlock(payload) };
    case "tx":
      return { type: command, tx: parseTransaction(payload) };
    case "addr":
      return { type: command, addresses: decodeAddresses(payload) };
    case "addrv2":
      return { type: command, addresses: decodeAddressesV2(payload) };
    case "feature":
      return decodeFeature(payload);
    default:
      return isKnownCommand(command)
        ? { type: command as UndecodedCommand, payload }
        : { type: "unknown", command };
  }
}

function decodeSendCompact(payload: Uint8Array): Message {
  const reader = new Reader(payload);
  const highBandwidth = reader.u8() !== 0;
  const version = reader.u64big();
  reader.end();
  return { type: "sendcmpct", highBandwidth, version };
}

function decodeFeeFilter(payload: Uint8Array): Message {
  const reader = new Reader(payload);
  const feeRate = reader.i64();
  reader.end();
  return { type: "feefilter", feeRate };
}

function decodePing(payload: Uint8Array): Message {
  if (payload.length === 0) return { type: "ping", nonce: null };
  const reader = new Reader(payload);
  const nonce = reader.u64big();
  reader.end();
  return { type: "ping", nonce };
}
