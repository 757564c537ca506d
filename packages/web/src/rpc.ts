import { door, doorDownload, doorRead, doorUpload } from "./door.ts";

/** Arguments of a call: by position, or by name. */
export type RpcArguments = readonly unknown[] | object;

/** A call that a reader can repeat elsewhere: cards show it as curl, command line and JavaScript. */
export interface RpcCall {
  readonly method: string;
  readonly params?: RpcArguments;
  readonly wallet?: string;
}

/** The peer's answer that it will not, with its code and its words. */
class RpcFailure extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Answer<T> {
  readonly result?: T;
  readonly error?: { readonly code: number; readonly message: string } | null;
}

let lastId = 0;

/**
 * Asks the peer.
 *
 * @param wallet name of the wallet that a wallet method speaks of
 * @throws RpcFailure with the peer's code and words
 * @throws Error when no peer answers
 */
export async function rpc<T>(
  method: string,
  params: RpcArguments = [],
  wallet?: string,
): Promise<T> {
  const path = wallet === undefined ? "/api/rpc" : `/api/rpc/wallet/${encodeURIComponent(wallet)}`;
  const answer = await door<Answer<T>>(path, { jsonrpc: "2.0", id: ++lastId, method, params });
  if (answer.error) throw new RpcFailure(answer.error.code, answer.error.message);
  return answer.result as T;
}

/** A block's transactions in columns; amounts are satoshis. */
export interface BlockOutline {
  readonly weights: readonly number[];
  readonly fees: readonly (number | null)[];
  readonly values: readonly number[];
  readonly coinbase: string;
}

/** What a block's picture and list need. @throws Error with one sentence */
export function blockOutline(hash: string): Promise<BlockOutline> {
  return doorRead(`/api/block/${hash}`);
}

/** A whole copy of a wallet. @throws Error with one sentence */
export function walletBackup(wallet: string): Promise<Blob> {
  return doorDownload(`/api/backup/${encodeURIComponent(wallet)}`);
}

/** Makes a wallet of such a copy and opens it. @throws Error with one sentence */
export async function restoreBackup(wallet: string, backup: Blob): Promise<void> {
  await doorUpload(`/api/restore/${encodeURIComponent(wallet)}`, backup);
}
