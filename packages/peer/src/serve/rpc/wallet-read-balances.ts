import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { asBool } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { addressBalances, addressGroups } from "../../wallet/read/address-groups.ts";
import { type Received, receivedByAddress, receivedTotal } from "../../wallet/read/received.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { labelValue, lastProcessedBlock } from "./wallet-read-json.ts";

/** Methods that tell how much there is and how much came. */
export function walletBalanceMethods(manager: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("getbalance", {
      description:
        "What the wallet could spend now. Coins that others could still take back are not in it.",
      result: "n    (numeric) the amount in bitcoin",
      run: (call) => getBalance(manager, call),
    }),
    rpcMethod("getbalances", {
      description:
        "All that the wallet has: trusted, unconfirmed from others, and mined but not mature.",
      run: (call) => getBalances(manager, call),
    }),
    rpcMethod("getreceivedbyaddress", {
      description: "What ever came to an address of the wallet, spent or not.",
      result: "n    (numeric) the amount in bitcoin",
      run: (call) => getReceived(manager, call, "address"),
    }),
    rpcMethod("getreceivedbylabel", {
      description: "What ever came to all addresses with a label, spent or not.",
      result: "n    (numeric) the amount in bitcoin",
      run: (call) => getReceived(manager, call, "label"),
    }),
    rpcMethod("listreceivedbyaddress", {
      description: "What came to each address that the wallet gave out.",
      run: (call) => listReceivedByAddress(manager, call),
    }),
    rpcMethod("listreceivedbylabel", {
      description: "What came to the addresses of each label.",
      run: (call) => listReceivedByLabel(manager, call),
    }),
    rpcMethod("listaddressgroupings", {
      description:
        "Addresses of the wallet by what the chain gives away: those of a group were spent together, or are change of each other.",
      run: (call) => listAddressGroupings(manager, call),
    }),
  ];
}

async function getBalance(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const { params } = call;
  if (params.optionalText("dummy", "*") !== "*")
    throw new RpcError(
      RpcErrorCode.methodDeprecated,
      'dummy first argument must be excluded or set to "*".',
    );
  const minDepth = params.optionalInt("minconf", 0);
  const withoutReused = avoidsReuse(wallet, params.raw("avoid_reuse"));
  return amountJson(wallet.ledger.balance({ minDepth, withoutReused }).trusted);
}

/** @throws RpcError -4 when the wallet cannot. Core: GetAvoidReuseFlag */
function avoidsReuse(wallet: Wallet, value: Json): boolean {
  const wanted = value === null ? wallet.avoidReuse : asBool(value);
  if (!wanted || wallet.avoidReuse) return wanted;
  throw new RpcError(RpcErrorCode.wallet, 'wallet does not have the "avoid reuse" feature enabled');
}

async function getBalances(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const withoutReused = wallet.avoidReuse;
  const mine = wallet.ledger.balance({ withoutReused });
  const pending = ({ trusted, untrustedPending }: typeof mine): number =>
    trusted + untrustedPending;
  return {
    mine: {
      trusted: amountJson(mine.trusted),
      untrusted_pending: amountJson(mine.untrustedPending),
      immature: amountJson(mine.immature),
      used: withoutReused
        ? amountJson(pending(wallet.ledger.balance()) - pending(mine))
        : undefined,
    },
    lastprocessedblock: lastProcessedBlock(wallet),
  };
}

async function getReceived(
  manager: WalletManager,
  call: RpcCall,
  by: "address" | "label",
): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const { params } = call;
  const named =
    by === "address"
      ? [validScript(wallet, params.text("address"), "Invalid Bitcoin address")]
      : labelledScripts(wallet, labelValue(params.raw("label")));
  const ours = named.filter((script) => wallet.find(script) !== null);
  if (ours.length === 0) throw new RpcError(RpcErrorCode.wallet, "Address not found in wallet");
  return amountJson(
    receivedTotal(wallet, ours, {
      minDepth: params.optionalInt("minconf", 1),
      withImmature: params.optionalBool("include_immature_coinbase", false),
    }),
  );
}

function validScript(
  { network }: Wallet,
  address: string,
  message: string,
  code: number = RpcErrorCode.invalidAddressOrKey,
): Uint8Array {
  const verdict = checkAddress(address, network);
  if ("script" in verdict) return verdict.script;
  throw new RpcError(code, message);
}

function labelledScripts(wallet: Wallet, label: string): Uint8Array[] {
  const scripts = wallet.labels
    .entries()
    .filter(([, entry]) => entry.label === label)
    .map(([address]) => validScript(wallet, address, "Invalid Bitcoin address"));
  if (scripts.length > 0) return scripts;
  throw new RpcError(RpcErrorCode.wallet, "Label not found in wallet");
}

async function receivedOf(
  wallet: Wallet,
  { params }: RpcCall,
): Promise<ReadonlyMap<string, Received>> {
  await wallet.synced();
  return receivedByAddress(wallet, {
    minDepth: params.optionalInt("minconf", 1),
    withImmature: params.optionalBool("include_immature_coinbase", false),
  });
}

async function listReceivedByAddress(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  const received = await receivedOf(wallet, call);
  const withEmpty = call.params.optionalBool("include_empty", false);
  const filter = filteredAddress(wallet, call.params.optionalText("address_filter", ""));
  const list: JsonOut[] = [];
  for (const [address, { label }] of wallet.labels.entries()) {
    const tally = received.get(address);
    if ((filter !== null && filter !== address) || (tally === undefined && !withEmpty)) continue;
    list.push({
      address,
      amount: amountJson(tally?.amount ?? 0),
      confirmations: tally?.confirmations ?? 0,
      label,
      txids: (tally?.txids ?? []).map(formatHash),
    });
  }
  return list;
}

function filteredAddress(wallet: Wallet, text: string): string | null {
  if (text === "") return null;
  const message = "address_filter parameter was invalid";
  return formatAddress(validScript(wallet, text, message, RpcErrorCode.wallet), wallet.network);
}

async function listReceivedByLabel(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  const received = await receivedOf(wallet, call);
  const withEmpty = call.params.optionalBool("include_empty", false);
  const tally = new Map<string, { amount: number; confirmations: number }>();
  for (const [address, { label }] of wallet.labels.entries()) {
    const came = received.get(address);
    if (came === undefined && !withEmpty) continue;
    const known = tally.get(label) ?? { amount: 0, confirmations: Number.POSITIVE_INFINITY };
    tally.set(label, {
      amount: known.amount + (came?.amount ?? 0),
      confirmations: Math.min(known.confirmations, came?.confirmations ?? known.confirmations),
    });
  }
  return [...tally]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, { amount, confirmations }]) => ({
      amount: amountJson(amount),
      confirmations: Number.isFinite(confirmations) ? confirmations : 0,
      label,
    }));
}

async function listAddressGroupings(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const balances = addressBalances(wallet);
  return addressGroups(wallet).map((group) =>
    group.map((address): JsonOut => {
      const label = wallet.labels.get(address);
      const balance = amountJson(balances.get(address) ?? 0);
      return label === undefined ? [address, balance] : [address, balance, label];
    }),
  );
}
