import { MAX_MONEY } from "@compeer/protocol/bitcoin/amount";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import {
  encodeTransaction,
  expandTransaction,
  type Input,
  type TransactionBody,
} from "@compeer/protocol/bitcoin/transaction";
import { decodeSecretKey } from "@compeer/protocol/bitcoin/wif";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { isValidSecret } from "@compeer/protocol/crypto/keys";
import { amountJson, parseAmount } from "@compeer/protocol/rpc/amount";
import { type Json, JsonObject, type JsonOut, member } from "@compeer/protocol/rpc/json";
import { asHash, asHex, asInt, asText, checkMembers } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { scriptToAsm } from "@compeer/protocol/script/disassemble";
import { KeyRing } from "@compeer/protocol/script/key-ring";
import {
  type SignedTransaction,
  type SigningFault,
  signTransaction,
} from "@compeer/protocol/script/sign-transaction";
import { SIGHASH_DEFAULT } from "@compeer/protocol/script/signature-hash-type";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { parseHashType } from "./hash-type.ts";
import type { Params } from "./params.ts";
import { scriptsOfPrevout } from "./prevout-scripts.ts";

interface SigningDeps {
  readonly chain: Chain;
  readonly mempool: Mempool;
}

/** Core: signrawtransactionwithkey. */
export async function signWithKeys(deps: SigningDeps, params: Params): Promise<JsonOut> {
  const body = signedHex(params);
  const ring = new KeyRing();
  for (const key of params.array("privkeys")) addKey(ring, asText(key), deps.chain.network);
  const coins = await coinsToSign(deps, params, body, ring);
  const type = hashTypeOf(params.optionalText("sighashtype"));
  return signedJson(signTransaction(body, coins, ring, type), coins);
}

/** The transaction to sign, as the argument `hexstring` states it. */
export function signedHex(params: Params): TransactionBody {
  const message = "TX decode failed. Make sure the tx has at least one input.";
  return expandTransaction(decodeHexTransaction(params.text("hexstring"), message));
}

/**
 * What the inputs spend, in their order; null where nothing is known. `prevtxs` may add coins, and
 * scripts to the ring, where there is one.
 */
export async function coinsToSign(
  deps: SigningDeps,
  params: Params,
  body: TransactionBody,
  ring: KeyRing | null,
): Promise<readonly (Coin | null)[]> {
  const known = await findCoins(deps, body);
  for (const prevout of params.optionalArray("prevtxs") ?? []) addPrevout(prevout, known, ring);
  return body.inputs.map(
    ({ prevout }) => known.get(outpointKey(prevout.txid, prevout.index)) ?? null,
  );
}

/** Core: SignTransactionResultToJSON. */
export function signedJson(
  { body, faults }: SignedTransaction,
  coins: readonly (Coin | null)[],
): JsonOut {
  const errors = faults.map((fault) => faultJson(body, fault, coins));
  return {
    hex: encodeHex(encodeTransaction(body)),
    complete: errors.length === 0,
    errors: errors.length === 0 ? undefined : errors,
  };
}

function addKey(ring: KeyRing, text: string, network: Network): void {
  const key = decodeSecretKey(text, network);
  if (key === null || !isValidSecret(key.secret))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid private key");
  ring.addSecret(key.secret, key.compressed);
}

/** SIGHASH_DEFAULT when none is named. @throws RpcError -8 for a name of none */
export function hashTypeOf(name: string | undefined): number {
  return parseHashType(name) ?? SIGHASH_DEFAULT;
}

/** The coins of the inputs that are in the chain or in the mempool, by outpoint. */
async function findCoins(
  { chain, mempool }: SigningDeps,
  body: TransactionBody,
): Promise<Map<string, Coin>> {
  const coins = new Map<string, Coin>();
  for (const { prevout } of body.inputs) {
    const tx = mempool.get(hashKey(prevout.txid))?.tx;
    const coin =
      tx && prevout.index < tx.outputCount
        ? {
            value: tx.outputValue(prevout.index),
            script: tx.outputScript(prevout.index),
            height: chain.tip.height + 1,
            coinbase: false,
          }
        : await chain.coin(prevout.txid, prevout.index);
    if (coin !== null) coins.set(outpointKey(prevout.txid, prevout.index), coin);
  }
  return coins;
}

/** Takes a coin, and the scripts that it hides, from a member of `prevtxs`. Core: ParsePrevouts. */
function addPrevout(value: Json, coins: Map<string, Coin>, ring: KeyRing | null): void {
  if (!(value instanceof JsonObject))
    throw new RpcError(
      RpcErrorCode.deserialization,
      `expected object with {"txid'","vout","scriptPubKey"}`,
    );
  checkMembers(value, { txid: "string", vout: "number", scriptPubKey: "string" });
  const txid = asHash(member(value, "txid") ?? null, "txid");
  const index = asInt(member(value, "vout") ?? null);
  if (index < 0) throw new RpcError(RpcErrorCode.deserialization, "vout cannot be negative");
  const script = asHex(member(value, "scriptPubKey") ?? null, "scriptPubKey");
  const key = outpointKey(txid, index);
  const known = coins.get(key);
  if (known && !equalBytes(known.script, script))
    throw new RpcError(
      RpcErrorCode.deserialization,
      `Previous output scriptPubKey mismatch:\n${scriptToAsm(known.script)}\nvs:\n${scriptToAsm(script)}`,
    );
  const amount = member(value, "amount");
  // An amount of all money stands for "not told": signatures that need it are then refused.
  const sats = amount === undefined ? MAX_MONEY : parseAmount(amount);
  coins.set(key, { value: sats, script, height: 1, coinbase: false });
  if (ring === null) return;
  for (const inner of scriptsOfPrevout(value, script)) ring.addScript(inner);
}

function faultJson(
  body: TransactionBody,
  { input, reason }: SigningFault,
  coins: readonly (Coin | null)[],
): JsonOut {
  const { prevout, script, sequence, witness } = body.inputs[input] as Input;
  if (reason === "Missing amount") {
    const coin = coins[input] as Coin;
    throw new RpcError(
      RpcErrorCode.type,
      `Missing amount for CTxOut(nValue=${amountJson(coin.value).text}, scriptPubKey=${encodeHex(coin.script).slice(0, 30)})`,
    );
  }
  return {
    txid: formatHash(prevout.txid),
    vout: prevout.index,
    witness: witness.map(encodeHex),
    scriptSig: encodeHex(script),
    sequence,
    error: reason,
  };
}
