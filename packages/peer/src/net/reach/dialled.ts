import type { Socket } from "node:net";
import type { HostPort } from "../socket-text.ts";

/** A connection that stands. */
export interface Dialled {
  readonly socket: Socket;
  /** Null when only a proxy knows whose it is: it was asked for a name. */
  readonly address: HostPort | null;
  /** Our own end, where the socket does not know it. */
  readonly bound: string | null;
}
