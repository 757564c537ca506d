import type { Option } from "./option.ts";
import { CHAIN_OPTIONS } from "./options/chain-options.ts";
import { CONNECTION_OPTIONS } from "./options/connection-options.ts";
import { DEBUG_OPTIONS } from "./options/debug-options.ts";
import { GENERAL_OPTIONS } from "./options/general-options.ts";
import { HIDDEN_OPTIONS } from "./options/hidden-options.ts";
import { RELAY_OPTIONS } from "./options/relay-options.ts";
import { RPC_OPTIONS } from "./options/rpc-options.ts";
import { WALLET_OPTIONS } from "./options/wallet-options.ts";
import { ZMQ_OPTIONS } from "./options/zmq-options.ts";

/** Every option, in the order of the help. */
export const OPTIONS: readonly Option[] = [
  GENERAL_OPTIONS,
  CONNECTION_OPTIONS,
  WALLET_OPTIONS,
  ZMQ_OPTIONS,
  DEBUG_OPTIONS,
  CHAIN_OPTIONS,
  RELAY_OPTIONS,
  RPC_OPTIONS,
  HIDDEN_OPTIONS,
].flat();

const BY_NAME: ReadonlyMap<string, Option> = new Map(
  OPTIONS.map((option) => [option.name, option]),
);

/** The option called `name`; undefined when there is none. */
export function findOption(name: string): Option | undefined {
  return BY_NAME.get(name);
}
