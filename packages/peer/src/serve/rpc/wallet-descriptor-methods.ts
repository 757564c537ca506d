import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import type { ExtendedKey } from "@compeer/protocol/crypto/hd-key";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { member } from "@compeer/protocol/rpc/json";
import { asBool, asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { descriptorChecksum } from "@compeer/protocol/wallet/descriptor-checksum";
import { extendedKey } from "../../wallet/descriptor-text.ts";
import { hdKeysOf, type WalletHdKey } from "../../wallet/hd-keys.ts";
import { parseOutputType } from "../../wallet/output-type.ts";
import type { Wallet, WalletDescriptor } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { importDescriptors } from "./import-descriptors.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";

/** Methods about the descriptors and the extended keys of a wallet. */
export function walletDescriptorMethods(wallets: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("importdescriptors", {
      description:
        "Takes descriptors into a wallet and looks again at the blocks since their oldest time.",
      run: (call) => importDescriptors(requireWallet(wallets, call), call.params.array("requests")),
    }),
    rpcMethod("listdescriptors", {
      description:
        "The descriptors of a wallet, with their private keys if asked for: all that another wallet needs to take its place.",
      run: (call) => listDescriptors(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("gethdkeys", {
      description: "The extended keys that the descriptors of a wallet are made of.",
      run: (call) => hdKeys(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("createwalletdescriptor", {
      description:
        "Makes the standard descriptors of a kind of address that the wallet has none of yet.",
      run: (call) => createDescriptor(requireWallet(wallets, call), call.params),
    }),
  ];
}

function listDescriptors(wallet: Wallet, params: Params): JsonOut {
  const isPrivate = params.optionalBool("private", false);
  if (isPrivate) {
    wallet.requireUnlocked();
    if (!wallet.hasPrivateKeys && wallet.descriptors.length > 0)
      throw new RpcError(RpcErrorCode.wallet, "Can't get descriptor string.");
  }
  const rows = wallet.descriptors.map((each) => ({
    desc: isPrivate ? privateText(wallet, each) : each.text,
    timestamp: each.timestamp,
    active: each.active,
    internal: each.active ? (each.internal ?? undefined) : undefined,
    ...(each.isRanged
      ? {
          range: [each.rangeStart, each.rangeEnd - 1],
          next: each.nextIndex,
          next_index: each.nextIndex,
        }
      : {}),
  }));
  rows.sort((a, b) => (a.desc < b.desc ? -1 : 1));
  return { wallet_name: wallet.name, descriptors: rows };
}

function privateText(wallet: Wallet, descriptor: WalletDescriptor): string {
  const text = wallet.secretText(descriptor);
  if (text === null) throw new RpcError(RpcErrorCode.wallet, "Can't get descriptor string.");
  return `${text}#${descriptorChecksum(text)}`;
}

function option(params: Params, name: string): Json {
  const options = params.optionalObject("options");
  return options === undefined ? null : (member(options, name) ?? null);
}

function hdKeys(wallet: Wallet, params: Params): JsonOut {
  const activeOnly = option(params, "active_only");
  const asked = option(params, "private");
  const isPrivate = asked !== null && asBool(asked);
  if (isPrivate) wallet.requireUnlocked();
  return hdKeysOf(wallet, activeOnly !== null && asBool(activeOnly)).map((key) => ({
    xpub: key.xpub,
    has_private: key.hasPrivate,
    xprv: isPrivate ? (key.xprv ?? undefined) : undefined,
    descriptors: key.descriptors.map(({ text, active }) => ({ desc: text, active })),
  }));
}

async function createDescriptor(wallet: Wallet, params: Params): Promise<JsonOut> {
  const name = params.text("type");
  const type = parseOutputType(name);
  if (type === null)
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, `Unknown address type '${name}'`);
  const internal = option(params, "internal");
  const internals = internal === null ? [false, true] : [asBool(internal)];
  wallet.requireUnlocked();
  const key = chosenKey(wallet, option(params, "hdkey"));
  if (key.xprv === null)
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      `Private key for ${key.xpub} is not known`,
    );
  const choice = { types: [type], internals };
  const added = await wallet.addStandardDescriptors(key.xprv, wallet.clock.now(), choice);
  if (added.length === 0) throw new RpcError(RpcErrorCode.wallet, "Descriptor already exists");
  return { descs: added.map(({ text }) => text) };
}

function chosenKey(wallet: Wallet, hdkey: Json): WalletHdKey {
  if (hdkey === null) {
    const [key, ...others] = hdKeysOf(wallet, true);
    if (key !== undefined && others.length === 0) return key;
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      "Unable to determine which HD key to use from active descriptors. Please specify with 'hdkey'",
    );
  }
  const xpub = parsePublic(asText(hdkey), wallet).formatPublic();
  const known = hdKeysOf(wallet, false).find((each) => each.xpub === xpub);
  return known ?? { xpub, xprv: null, hasPrivate: false, descriptors: [] };
}

function parsePublic(text: string, { network }: Wallet): ExtendedKey {
  try {
    const key = extendedKey(text, network);
    if (!key.hasSecret) return key;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new RpcError(
    RpcErrorCode.invalidAddressOrKey,
    "Unable to parse HD key. Please provide a valid xpub",
  );
}
