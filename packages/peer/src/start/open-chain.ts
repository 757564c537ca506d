import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { Chain } from "../chain/chain.ts";
import type { ChainOptions, ChainParts } from "../chain/chain-parts.ts";

/**
 * Opens the chain on its stores.
 *
 * @throws SettingsError with what to do when what is stored does not fit together; the stores are closed then
 */
export async function openChain(parts: ChainParts, options: ChainOptions): Promise<Chain> {
  try {
    return await Chain.open(parts, options);
  } catch (error) {
    parts.blockFiles.close();
    await parts.blockIndex.close();
    await parts.coinStore.close();
    throw isDamage(error) ? advice(error) : error;
  }
}

/** Errors of the system have a code: the disk is full, or may not be read. Some say themselves what to do. */
function isDamage(error: unknown): error is Error {
  if (error instanceof DecodeError) return true;
  if (!(error instanceof Error) || error.constructor !== Error || "code" in error) return false;
  return !/[Rr]estart with|Wrong datadir/.test(error.message);
}

function advice(cause: Error): SettingsError {
  return new SettingsError(
    `Error loading databases: ${cause.message}.\nPlease restart with -reindex or -reindex-chainstate to recover.`,
    { cause },
  );
}
