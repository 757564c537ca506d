import type { Permissions } from "./permissions.ts";

/** An address to listen on. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
  /** What connects here comes from the Tor daemon. */
  readonly onion: boolean;
  /** -whitebind: permissions of whoever connects here. */
  readonly permissions?: Permissions;
}
