import { Peer } from "@compeer/peer/peer";

/** Where a peer on a new regtest answers, and as whom to ask it. */
export interface GoldenServer {
  readonly url: URL;
  close(): Promise<void>;
}

const { COMPEER_RPC } = process.env;

/** With a peer from outside every row is replayed, also those of parts that we do not have. */
const isOurs = COMPEER_RPC === undefined;

/**
 * The peer to replay transcripts against: one of ours, in this process and in memory, or the one that
 * COMPEER_RPC names, as `http://user:password@host:port`, a new regtest with -rest and all indexes.
 */
export async function goldenServer(): Promise<GoldenServer> {
  if (COMPEER_RPC !== undefined) return { url: new URL(COMPEER_RPC), close: async () => {} };
  const peer = await Peer.start({ options: { rpcuser: "golden", rpcpassword: "secret", par: 1 } });
  return {
    url: new URL(`http://golden:secret@127.0.0.1:${peer.rpcPort}`),
    close: () => peer.close(),
  };
}

/** For `it(name, { skip: … })` on a row that is about `part`; null is a part that we have. */
export function absent(part: string | null): string | false {
  return part !== null && isOurs && `ABSENT SO FAR: ${part}`;
}

/** How many rows are about each part that is absent. */
export function countAbsent<Row>(
  rows: readonly Row[],
  partOf: (row: Row) => string | null,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const part = partOf(row);
    if (part !== null) counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}
