import { checkAddress, formatAddress } from "@compeer/protocol/bitcoin/address";
import { MAX_MONEY, type Sats } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { formatAmount, parseAmount } from "@compeer/protocol/rpc/amount";
import { type Json, type JsonOut, member } from "@compeer/protocol/rpc/json";
import {
  asBool,
  asHash,
  asInt,
  asInt64,
  asObject,
  asText,
  checkMembers,
} from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { isPayToScriptHash, isPayToWitnessScriptHash } from "@compeer/protocol/script/templates";
import { expandDescriptor, isSolvable } from "@compeer/protocol/wallet/expand-descriptor";
import type { WalletCoin } from "../../wallet/ledger.ts";
import type { OwnedScript, Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { JsonList } from "./json-list.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";
import { TimeSlice } from "./time-slice.ts";
import { type JsonFields, parentDescriptors } from "./wallet-read-json.ts";

/** Methods about the coins of a wallet. */
export function walletCoinMethods(manager: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("listunspent", {
      description: "The coins of the wallet that are not spent and not frozen.",
      run: (call) => listUnspent(manager, call),
    }),
    rpcMethod("lockunspent", {
      description:
        "Freezes coins, so that no payment takes them by itself, or frees them again; without a list it frees all.",
      result: "true|false    (boolean) whether it was done",
      run: (call) => lockUnspent(manager, call),
    }),
    rpcMethod("listlockunspent", {
      description: "The coins that are frozen.",
      run: (call) =>
        [...requireWallet(manager, call).lockedCoins].map(({ txid, index }) => ({
          txid: formatHash(txid),
          vout: index,
        })),
    }),
  ];
}

/** Which coins `listunspent` tells. */
interface CoinFilter {
  readonly minDepth: number;
  readonly maxDepth: number;
  /** Empty for all. */
  readonly addresses: ReadonlySet<string>;
  readonly withUnsafe: boolean;
  readonly withImmature: boolean;
  readonly minAmount: Sats;
  readonly maxAmount: Sats;
  /** 0 for no limit. */
  readonly maxCount: number;
  readonly minSum: Sats;
}

async function listUnspent(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  const filter = coinFilter(wallet, call.params);
  await wallet.synced();
  const slice = new TimeSlice();
  const described = new Map<OwnedScript, ScriptText>();
  const coins = new JsonList();
  for (const coin of chosenCoins(wallet, filter)) {
    if (!isAskedFor(wallet, filter, coin.script)) continue;
    if (slice.isOver) await slice.rest(); // deriving keys takes its time
    const known = described.get(coin.owner);
    const script = known ?? scriptText(wallet, coin);
    if (known === undefined) described.set(coin.owner, script);
    coins.add(coinText(wallet, coin, script));
  }
  return coins.finish();
}

function coinFilter(wallet: Wallet, params: Params): CoinFilter {
  const minDepth = params.optionalInt("minconf", 1);
  const maxDepth = params.optionalInt("maxconf", 9_999_999);
  const addresses = addressSet(wallet, params.optionalArray("addresses") ?? []);
  const withUnsafe = params.optionalBool("include_unsafe", true);
  const options = params.optionalObject("query_options");
  if (options !== undefined)
    checkMembers(
      options,
      {
        minimumAmount: "any",
        maximumAmount: "any",
        minimumSumAmount: "any",
        maximumCount: "number",
        include_immature_coinbase: "bool",
      },
      { allowNull: true, strict: true },
    );
  const option = <T>(name: string, read: (value: Json) => T, fallback: T): T => {
    const value = options && member(options, name);
    return value === undefined || value === null ? fallback : read(value);
  };
  return {
    minDepth,
    maxDepth,
    addresses,
    withUnsafe,
    withImmature: option("include_immature_coinbase", asBool, false),
    minAmount: option("minimumAmount", parseAmount, 0),
    maxAmount: option("maximumAmount", parseAmount, MAX_MONEY),
    maxCount: option("maximumCount", asInt64, 0),
    minSum: option("minimumSumAmount", parseAmount, MAX_MONEY),
  };
}

function addressSet(wallet: Wallet, list: readonly Json[]): Set<string> {
  const addresses = new Set<string>();
  for (const each of list) {
    const text = asText(each);
    const verdict = checkAddress(text, wallet.network);
    if (!("script" in verdict))
      throw new RpcError(RpcErrorCode.invalidAddressOrKey, `Invalid Bitcoin address: ${text}`);
    const address = formatAddress(verdict.script, wallet.network) as string;
    if (addresses.has(address))
      throw new RpcError(
        RpcErrorCode.invalidParameter,
        `Invalid parameter, duplicated address: ${text}`,
      );
    addresses.add(address);
  }
  return addresses;
}

/** Core: AvailableCoins. */
function chosenCoins(wallet: Wallet, filter: CoinFilter): WalletCoin[] {
  const chosen: WalletCoin[] = [];
  let sum = 0;
  for (const coin of wallet.ledger.coins()) {
    if (!isChosen(wallet, filter, coin)) continue;
    chosen.push(coin);
    sum += coin.value;
    if (sum >= filter.minSum || chosen.length === filter.maxCount) break;
  }
  return chosen;
}

function isChosen(wallet: Wallet, filter: CoinFilter, coin: WalletCoin): boolean {
  const { depth, value, isSafe, transaction, index } = coin;
  if (depth < filter.minDepth || depth > filter.maxDepth) return false;
  if (value < filter.minAmount || value > filter.maxAmount) return false;
  if (!filter.withUnsafe && !isSafe) return false;
  if (!filter.withImmature && wallet.ledger.isImmature(transaction)) return false;
  return !wallet.isLockedCoin(transaction.key + index);
}

function isAskedFor({ network }: Wallet, { addresses }: CoinFilter, script: Uint8Array): boolean {
  if (addresses.size === 0) return true;
  const address = formatAddress(script, network);
  return address !== null && addresses.has(address);
}

/** What is the same of all coins of a script, as JSON text: two runs of members. */
interface ScriptText {
  readonly head: string;
  readonly tail: string;
}

function scriptText(wallet: Wallet, coin: WalletCoin): ScriptText {
  const { script, owner } = coin;
  const address = formatAddress(script, wallet.network);
  const isSolved = isSolvable(owner.descriptor.descriptor);
  const isHashed = isPayToScriptHash(script) || isPayToWitnessScriptHash(script);
  const signing = isSolved && isHashed ? wallet.signing(script) : null;
  const head = membersText({
    address: address ?? undefined,
    label: address === null ? undefined : wallet.labels.get(address),
    redeemScript: signing?.redeemScript ? encodeHex(signing.redeemScript) : undefined,
    witnessScript: signing?.witnessScript ? encodeHex(signing.witnessScript) : undefined,
    scriptPubKey: encodeHex(script),
  });
  const tail = membersText({
    spendable: true,
    solvable: isSolved,
    desc: isSolved ? solvedDescriptor(coin) : undefined,
    parent_descs: parentDescriptors(wallet, script),
    reused: wallet.avoidReuse ? wallet.isReused(script) : undefined,
  });
  return { head, tail };
}

function membersText(fields: JsonFields): string {
  return writeJson(fields).slice(1, -1);
}

/** There may be very many coins to few scripts: as text, a list takes a third of the time (bench/wallet). */
function coinText(wallet: Wallet, coin: WalletCoin, { head, tail }: ScriptText): string {
  const { depth, txid, index, value, isSafe } = coin;
  const ancestry = depth === 0 ? membersText(ancestryJson(wallet, txid)) : "";
  const own = `"txid":"${formatHash(txid)}","vout":${index}`;
  const state = `"amount":${formatAmount(value)},"confirmations":${depth}`;
  const waiting = ancestry === "" ? "" : `,${ancestry}`;
  return `{${own},${head},${state}${waiting},${tail},"safe":${isSafe}}`;
}

/** The descriptor of one output script alone: its keys with where they come from. */
function solvedDescriptor({ script, owner }: WalletCoin): string | undefined {
  try {
    const expanded = expandDescriptor(owner.descriptor.descriptor, owner.index);
    return expanded.find((each) => equalBytes(each.script, script))?.descriptor;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a hardened step, whose secret is locked
    throw error;
  }
}

/** What else must confirm with a coin. */
function ancestryJson({ mempool }: Wallet, txid: Uint8Array): JsonFields {
  const entry = mempool.get(hashKey(txid));
  if (entry === undefined) return {};
  const all = [entry, ...mempool.ancestors(entry)];
  return {
    ancestorcount: all.length,
    ancestorsize: all.reduce((sum, { vsize }) => sum + vsize, 0),
    ancestorfees: all.reduce((sum, { modifiedFee }) => sum + modifiedFee, 0),
  };
}

async function lockUnspent(manager: WalletManager, call: RpcCall): Promise<JsonOut> {
  const wallet = requireWallet(manager, call);
  await wallet.synced();
  const { params } = call;
  const unlock = params.bool("unlock");
  const persistent = params.optionalBool("persistent", false);
  const list = params.optionalArray("transactions");
  if (list === undefined) {
    if (unlock) await wallet.unlockAll();
    return true;
  }
  // Every one is looked at before the first is changed.
  const outpoints = list.map((value) => lockableCoin(wallet, value, unlock, persistent));
  for (const outpoint of outpoints)
    if (unlock) await wallet.unlockCoin(outpoint);
    else await wallet.lockCoin(outpoint, persistent);
  return true;
}

function lockableCoin(wallet: Wallet, value: Json, unlock: boolean, persistent: boolean): OutPoint {
  const object = asObject(value);
  checkMembers(object, { txid: "string", vout: "number" });
  const txid = asHash(member(object, "txid") ?? null, "txid");
  const index = asInt(member(object, "vout") ?? null);
  const key = outpointKey(txid, index);
  const refuse = (reason: string): never => {
    throw new RpcError(RpcErrorCode.invalidParameter, `Invalid parameter, ${reason}`);
  };
  if (index < 0) refuse("vout cannot be negative");
  const transaction = wallet.ledger.get(hashKey(txid)) ?? refuse("unknown transaction");
  if (index >= transaction.view().outputCount) refuse("vout index out of bounds");
  if (wallet.ledger.isSpent(key)) refuse("expected unspent output");
  const isLocked = wallet.isLockedCoin(key);
  if (unlock && !isLocked) refuse("expected locked output");
  if (!unlock && isLocked && !persistent) refuse("output already locked");
  return { txid, index };
}
