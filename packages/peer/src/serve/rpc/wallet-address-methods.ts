import { formatAddress, parseAddress } from "@compeer/protocol/bitcoin/address";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { type OutputType, parseOutputType } from "../../wallet/output-type.ts";
import { showAddress } from "../../wallet/signer/show-address.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { addressInfo } from "./address-info.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";

/** Methods that give out addresses and describe them. */
export function walletAddressMethods(wallets: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("getnewaddress", {
      description: "An address that was never given out, with a label if one is given.",
      run: (call) => newAddress(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("getrawchangeaddress", {
      description: "A new address for the change of a transaction that is made by hand.",
      run: (call) => newChangeAddress(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("getaddressinfo", {
      description: "What an address is, and what the wallet knows of it.",
      run: (call) => addressInfo(requireWallet(wallets, call), call.params.text("address")),
    }),
    rpcMethod("walletdisplayaddress", {
      description:
        "Shows an address of the wallet on the device that keeps its keys, to compare it.",
      run: (call) => displayAddress(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("keypoolrefill", {
      description: "Watches so many addresses ahead of the last one given out.",
      run: (call) => refill(requireWallet(wallets, call), call.params),
    }),
  ];
}

async function newAddress(wallet: Wallet, params: Params): Promise<string> {
  if (!wallet.canGiveAddresses()) throw noKeys();
  const label = params.optionalText("label", "");
  if (label === "*") throw new RpcError(RpcErrorCode.walletInvalidLabelName, "Invalid label name");
  return wallet.newAddress(outputType(params, wallet.options.addressType), label);
}

async function newChangeAddress(wallet: Wallet, params: Params): Promise<string> {
  if (!wallet.canGiveAddresses(true)) throw noKeys();
  const { changeType, addressType } = wallet.options;
  const script = await wallet.newChangeScript(outputType(params, changeType ?? addressType));
  return formatAddress(script, wallet.network) as string;
}

function outputType(params: Params, fallback: OutputType): OutputType {
  const name = params.optionalText("address_type");
  if (name === undefined) return fallback;
  const type = parseOutputType(name);
  if (type !== null) return type;
  throw new RpcError(RpcErrorCode.invalidAddressOrKey, `Unknown address type '${name}'`);
}

function noKeys(): RpcError {
  return new RpcError(RpcErrorCode.wallet, "Error: This wallet has no available keys");
}

async function displayAddress(wallet: Wallet, params: Params): Promise<JsonOut> {
  const address = params.text("address");
  const script = parseAddress(address, wallet.network);
  if (script === null) throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid address");
  await showAddress(wallet, script);
  return { address };
}

async function refill(wallet: Wallet, params: Params): Promise<null> {
  const size = params.optionalInt("newsize", 0);
  if (size < 0)
    throw new RpcError(RpcErrorCode.invalidParameter, "Invalid parameter, expected valid size.");
  wallet.requireUnlocked();
  await wallet.refillPool(size === 0 ? undefined : size);
  if (wallet.poolSize() < size)
    throw new RpcError(RpcErrorCode.wallet, "Error refreshing keypool.");
  wallet.refreshOutputs();
  return null;
}
