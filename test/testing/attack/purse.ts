import { ANYONE_SCRIPT, type Spend } from "@compeer/peer/mempool/testing/ledger";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Victim } from "./victim.ts";

const MATURITY = 100;
/** Satoshis of each coin of `fund`: the reward of the first 150 blocks of regtest. */
export const COIN_VALUE = 50e8;

/** Has the victim mine `count` coins that anyone can spend, and bury them deep enough. */
export async function fund(
  victim: Victim,
  count: number,
  script: Uint8Array = ANYONE_SCRIPT,
): Promise<Spend[]> {
  const reward = `raw(${encodeHex(script)})`;
  const hashes = await victim.call<string[]>("generatetodescriptor", count, reward);
  await victim.call("generatetodescriptor", MATURITY, "raw(51)");
  return Promise.all(
    hashes.map(async (hash) => {
      const { tx } = await victim.call<{ tx: string[] }>("getblock", hash);
      return { txid: parseHash(tx[0] as string), index: 0 };
    }),
  );
}
