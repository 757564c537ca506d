import { rpc } from "../../rpc.ts";

/** Seconds for which one signature needs the keys. */
const MOMENT_SECONDS = 60;

/** Does what needs the keys: unlocks before, and locks behind itself, also when it failed. */
export async function withKeys<T>(
  wallet: string,
  passphrase: string,
  work: () => Promise<T>,
): Promise<T> {
  await rpc("walletpassphrase", { passphrase, timeout: MOMENT_SECONDS }, wallet);
  try {
    return await work();
  } finally {
    await rpc("walletlock", [], wallet);
  }
}
