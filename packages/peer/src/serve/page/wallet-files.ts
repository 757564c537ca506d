import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { StoreError, type StoreFault } from "../../wallet/wallet-file.ts";
import { WalletStore } from "../../wallet/wallet-store.ts";
import type { RpcDispatcher } from "../rpc/dispatch.ts";
import { sendJson } from "./page-headers.ts";

/** A wallet of a million payments takes less. */
const MAX_BACKUP_BYTES = 268_435_456;
/** What every file of SQLite begins with. */
const MAGIC = "SQLite format 3\0";

/** Who asks for a wallet's file. */
export interface WalletFileCaller {
  readonly user: string;
  readonly signal: AbortSignal;
}

/** Wallets as files that go through the browser: out as a download, in as an upload. */
export class WalletFiles {
  readonly #dispatcher: RpcDispatcher;
  readonly #scratch: string;
  #isRestoring = false;

  /** @param scratch folder for files that live as long as a request; they hold keys */
  constructor(dispatcher: RpcDispatcher, scratch: string) {
    this.#dispatcher = dispatcher;
    this.#scratch = scratch;
  }

  /** Sends a whole copy of a wallet. */
  async send(wallet: string, caller: WalletFileCaller, response: ServerResponse): Promise<void> {
    await this.#withFolder(async (folder) => {
      const path = join(folder, "backup.sqlite");
      try {
        await this.#run("backupwallet", { destination: path }, wallet, caller);
      } catch (error) {
        if (error instanceof RpcError) return refuse(response, 409, error.message);
        throw error;
      }
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("Content-Type", "application/octet-stream");
      response.setHeader("Content-Length", (await stat(path)).size);
      await pipeline(createReadStream(path), response);
    });
  }

  /** Makes a wallet of a file that is sent, and opens it. */
  async take(
    name: string,
    caller: WalletFileCaller,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (Number(request.headers["content-length"] ?? 0) > MAX_BACKUP_BYTES) return tooLong(response);
    if (this.#isRestoring) return refuse(response, 429, "Another wallet is being restored.");
    this.#isRestoring = true;
    try {
      await this.#withFolder((folder) => this.#take(name, folder, caller, request, response));
    } finally {
      this.#isRestoring = false;
    }
  }

  async #take(
    name: string,
    folder: string,
    caller: WalletFileCaller,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const path = join(folder, "upload.sqlite");
    if (!(await receive(request, path))) return tooLong(response);
    const fault = await faultOf(path);
    if (fault !== null) return refuse(response, 422, FAULTS[fault]);
    try {
      const args = { wallet_name: name, backup_file: path, load_on_startup: true };
      sendJson(response, 200, await this.#run("restorewallet", args, null, caller));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      refuse(response, 409, words(error, name));
    }
  }

  #run(
    method: string,
    args: Readonly<Record<string, string | boolean>>,
    wallet: string | null,
    caller: WalletFileCaller,
  ): Promise<JsonOut> {
    const params = new JsonObject(Object.entries(args));
    return this.#dispatcher.run({ method, params, wallet, ...caller });
  }

  /** Does a job with a folder that only this program reads, and leaves nothing of it. */
  async #withFolder(job: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(this.#scratch, "page-"));
    try {
      await job(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Writes what is sent to a file; false when it is longer than a wallet may be. */
async function receive(request: IncomingMessage, path: string): Promise<boolean> {
  let size = 0;
  const bounded = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > MAX_BACKUP_BYTES) return;
      yield chunk;
    }
  };
  await pipeline(request, bounded, createWriteStream(path, { mode: 0o600 }));
  return size <= MAX_BACKUP_BYTES;
}

type FileFault = Exclude<StoreFault, "in-use" | "other-chain">;

const FAULTS: Readonly<Record<FileFault, string>> = {
  "not-a-wallet":
    "This file is no backup of a compeer wallet. A wallet of bitcoind is taken over by its descriptors: paste what its listdescriptors true gives.",
  damaged: "This backup is damaged or was cut off. Nothing was restored; try another copy of it.",
  newer: "This backup was written by a newer version of compeer. Restore it with that version.",
};

/** What is wrong with a file by itself; null when it is a whole wallet. */
async function faultOf(path: string): Promise<FileFault | null> {
  if (!(await hasMagic(path))) return "not-a-wallet";
  try {
    WalletStore.open(path, null, true).close();
    return null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return error.fault === "newer" || error.fault === "not-a-wallet" ? error.fault : "damaged";
  }
}

async function hasMagic(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString("latin1", 0, bytesRead) === MAGIC;
  } finally {
    await file.close();
  }
}

/** Why a whole wallet is not taken, without the paths of this machine. */
function words({ message }: RpcError, name: string): string {
  if (message.includes("reused across chains"))
    return "This backup is of a wallet on another network than this peer's.";
  if (message.includes("already exists") || message.includes("already loading"))
    return `This peer has a wallet named "${name}" already. Choose another name.`;
  return message;
}

function tooLong(response: ServerResponse): void {
  response.setHeader("Connection", "close");
  refuse(response, 413, `A backup has at most ${MAX_BACKUP_BYTES / 1_048_576} MiB.`);
}

function refuse(response: ServerResponse, status: number, error: string): void {
  sendJson(response, status, { error });
}
