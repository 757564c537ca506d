import type { KnownOption } from "@compeer/protocol/rpc/settings/setting";

/** Heading under which the help shows an option; "" is not shown at all. */
type OptionGroup =
  | "Options"
  | "Connection options"
  | "Wallet options"
  | "Wallet debugging/testing options"
  | "ZeroMQ notification options"
  | "Debugging/Testing options"
  | "Chain selection options"
  | "Node relay options"
  | "Block creation options"
  | "RPC server options"
  | "";

/** An option of the daemon. */
export interface Option extends KnownOption {
  readonly group: OptionGroup;
  /** What its value looks like: `<n>`. */
  readonly value?: string;
  readonly help?: string;
  /** Shown by `-help-debug` only. */
  readonly debugOnly?: boolean;
}
