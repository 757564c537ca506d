import type { NetworkKind } from "../addresses/address-class.ts";
import type { HostPort } from "../socket-text.ts";

/** Before the path of a socket in the file system, where a host would stand. Core: ADDR_PREFIX_UNIX. */
export const UNIX_PREFIX = "unix:";

/** Somebody who makes connections for us. */
export interface ProxyServer {
  /** The host may be "unix:" and a path; then the port says nothing. */
  readonly at: HostPort;
  /** -proxyrandomize: every connection has credentials of its own, so that Tor keeps them apart. */
  readonly isolates: boolean;
}

/** How the Tor daemon is asked for an onion service. */
export interface TorControlOptions {
  /** -torcontrol. */
  readonly at: HostPort;
  /** -torpassword; empty for none. */
  readonly password: string;
  /** -onion was not given: connections to onion services go through what Tor says. */
  readonly learnsProxy: boolean;
  /** -onlynet does not forbid onion services. */
  readonly mayReachOnions: boolean;
  /** Where Tor passes on who comes in. */
  readonly target: HostPort;
}

/** By which ways others are reached, and reach us. */
export interface ReachOptions {
  /** -proxy and -onion by network; for "i2p" the SAM bridge of -i2psam. */
  readonly proxies: ReadonlyMap<NetworkKind, ProxyServer>;
  /** Looks up names; null when this machine does. */
  readonly nameProxy: ProxyServer | null;
  /** -dns: names may be looked up. */
  readonly dns: boolean;
  /** Listened on for Tor when no -bind says where; null when one does. */
  readonly onionDoor: HostPort | null;
  /** Null with -listenonion=0. */
  readonly torControl: TorControlOptions | null;
  /** -i2pacceptincoming. */
  readonly acceptsI2p: boolean;
  /** -natpmp. */
  readonly mapsPort: boolean;
  /** -maxuploadtarget, bytes a day; 0 for no limit. */
  readonly maxUpload: number;
}

/** No proxies, no services beside us, no limit. */
export const PLAIN_REACH: ReachOptions = {
  proxies: new Map(),
  nameProxy: null,
  dns: true,
  onionDoor: null,
  torControl: null,
  acceptsI2p: false,
  mapsPort: false,
  maxUpload: 0,
};
