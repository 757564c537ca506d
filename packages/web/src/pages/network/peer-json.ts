import type { ConnectionFacts } from "./connection-words.ts";

/** One line of getpeerinfo, as far as these pages read it. */
export interface PeerJson extends ConnectionFacts {
  readonly id: number;
  readonly addr: string;
  readonly network?: string;
  readonly subver: string;
  readonly version: number;
  readonly servicesnames: readonly string[];
  readonly conntime: number;
  readonly lastsend: number;
  readonly lastrecv: number;
  readonly bytessent: number;
  readonly bytesrecv: number;
  /** Seconds. */
  readonly pingtime?: number;
  readonly minping?: number;
  readonly synced_headers?: number;
  readonly synced_blocks?: number;
  readonly startingheight?: number;
  readonly transport_protocol_type?: string;
  readonly minfeefilter?: number;
}
