import { satsOf } from "../../format.ts";
import { rpc } from "../../rpc.ts";

/** A script as the peer writes it. */
export interface ScriptJson {
  readonly asm: string;
  readonly hex: string;
  readonly type: string;
  readonly address?: string;
  readonly desc?: string;
}

interface PrevoutJson {
  readonly value: number;
  readonly height?: number;
  readonly generated?: boolean;
  readonly scriptPubKey: ScriptJson;
}

export interface InputJson {
  readonly coinbase?: string;
  readonly txid?: string;
  readonly vout?: number;
  readonly scriptSig?: { readonly asm: string; readonly hex: string };
  readonly txinwitness?: readonly string[];
  readonly sequence: number;
  readonly prevout?: PrevoutJson;
}

export interface OutputJson {
  readonly value: number;
  readonly n: number;
  readonly scriptPubKey: ScriptJson;
}

/** A transaction as `getrawtransaction` with verbosity 2 gives it. */
interface TransactionJson {
  readonly txid: string;
  readonly hash: string;
  readonly version: number;
  readonly size: number;
  readonly vsize: number;
  readonly weight: number;
  readonly locktime: number;
  readonly vin: readonly InputJson[];
  readonly vout: readonly OutputJson[];
  readonly hex: string;
  readonly fee?: number;
  readonly blockhash?: string;
  readonly confirmations?: number;
  readonly blocktime?: number;
}

/** A transaction, with the coins that it spends where they could be found. */
export interface FoundTransaction {
  readonly tx: TransactionJson;
  /** In satoshis; null where not every spent coin could be found. */
  readonly fee: number | null;
}

/** Inputs whose coins are looked for one by one. */
const MAX_LOOKED_UP = 100;
/** Outputs that are tried to find the block of a transaction whose block nobody named. */
const MAX_TRIED = 8;

/**
 * Finds a transaction: in the named block, in the mempool or the transaction index, in the block of a coin
 * of it that is still unspent, or in the block that a wallet remembers.
 *
 * @throws Error with the peer's words when it is nowhere to be found
 */
export async function findTransaction(
  txid: string,
  block: string | null,
  wallets: readonly string[],
): Promise<FoundTransaction> {
  const tx = await fetchTransaction(txid, block).catch(async (failure: Error) => {
    const found = (await blockOfCoin(txid)) ?? (await blockOfWallets(txid, wallets));
    if (found === null) throw failure;
    return await fetchTransaction(txid, found);
  });
  return tx.blockhash === undefined ? await withCoins(tx) : { tx, fee: feeOf(tx) };
}

async function fetchTransaction(txid: string, block: string | null): Promise<TransactionJson> {
  return await rpc<TransactionJson>("getrawtransaction", [
    txid,
    2,
    ...(block === null ? [] : [block]),
  ]);
}

async function blockOfCoin(txid: string): Promise<string | null> {
  const height = await rpc<number>("getblockcount");
  for (let output = 0; output < MAX_TRIED; output++) {
    const coin = await rpc<{ confirmations: number } | null>("gettxout", [txid, output, false]);
    if (coin !== null && coin.confirmations > 0) {
      return await rpc<string>("getblockhash", [height - coin.confirmations + 1]);
    }
  }
  return null;
}

async function blockOfWallets(txid: string, wallets: readonly string[]): Promise<string | null> {
  for (const wallet of wallets) {
    const known = await rpc<{ blockhash?: string }>("gettransaction", [txid], wallet).catch(
      () => null,
    );
    if (known?.blockhash !== undefined) return known.blockhash;
  }
  return null;
}

/** Adds the coins that a waiting transaction spends: from the chain, or from its waiting parents. */
async function withCoins(tx: TransactionJson): Promise<FoundTransaction> {
  if (tx.vin.length > MAX_LOOKED_UP) return { tx, fee: feeOf(tx) };
  const vin = await Promise.all(
    tx.vin.map(async (input) => {
      const prevout = input.prevout ?? (await spentCoin(input).catch(() => undefined));
      return prevout === undefined ? input : { ...input, prevout };
    }),
  );
  const whole = { ...tx, vin };
  return { tx: whole, fee: feeOf(whole) };
}

async function spentCoin({ txid, vout }: InputJson): Promise<PrevoutJson | undefined> {
  if (txid === undefined || vout === undefined) return undefined;
  const coin = await rpc<PrevoutJson | null>("gettxout", [txid, vout, false]);
  if (coin !== null) return coin;
  const parent = await rpc<TransactionJson>("getrawtransaction", [txid, 1]);
  return parent.vout[vout];
}

function feeOf(tx: TransactionJson): number | null {
  if (tx.fee !== undefined) return satsOf(tx.fee);
  let fee = 0;
  for (const { prevout } of tx.vin) {
    if (prevout === undefined) return null;
    fee += satsOf(prevout.value);
  }
  for (const { value } of tx.vout) fee -= satsOf(value);
  return fee;
}
