import type { Peer } from "./peer.ts";

/** What a peer costs: bytes of memory and milliseconds of the thread that serves all. */
export interface PeerAccount {
  readonly id: number;
  readonly address: string;
  /** Messages that wait to be handled, and what has come of the next. */
  readonly heldBytes: number;
  /** What waits until the other end takes it in. */
  readonly unsentBytes: number;
  /** Blocks that the chain has not judged yet. */
  readonly unjudgedBlocks: number;
  readonly messages: number;
  /** Making messages of bytes: decryption, checksums. */
  readonly readingMs: number;
  /** Decoding messages and acting on them, until each waits for disk or another thread. */
  readonly handlingMs: number;
}

export function accountOf(peer: Peer): PeerAccount {
  const { connection } = peer;
  return {
    id: peer.id,
    address: peer.origin.name,
    heldBytes: connection.heldBytes,
    unsentBytes: connection.unsentBytes,
    unjudgedBlocks: peer.verdicts.size,
    messages: peer.messageCount,
    readingMs: connection.readingMs,
    handlingMs: peer.handlingMs,
  };
}
