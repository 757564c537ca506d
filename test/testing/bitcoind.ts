import { NodeProcess } from "./node-process.ts";

const { COMPEER_BITCOIND } = process.env;

/** For `describe(name, { skip: bitcoindMissing }, …)`: false when bitcoind is there, else why it skips. */
export const bitcoindMissing: string | false =
  COMPEER_BITCOIND === undefined
    ? "BITCOIND MISSING: set COMPEER_BITCOIND to the path of the executable"
    : false;

if (bitcoindMissing !== false) process.stderr.write(`${bitcoindMissing}\n`);

/** Starts Core's node on regtest with its data in `directory`. */
export function startBitcoind(
  directory: string,
  ...options: readonly string[]
): Promise<NodeProcess> {
  return NodeProcess.start([COMPEER_BITCOIND as string], directory, options);
}

/** The same on a signet. */
export function startSignetBitcoind(
  directory: string,
  ...options: readonly string[]
): Promise<NodeProcess> {
  return NodeProcess.start([COMPEER_BITCOIND as string], directory, options, "signet");
}
