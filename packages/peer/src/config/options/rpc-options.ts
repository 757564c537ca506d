import type { Option } from "../option.ts";

/** Its own doors. */
export const RPC_OPTIONS: readonly Option[] = [
  { name: "rest", group: "RPC server options", help: "Answer REST requests (default: 0)" },
  {
    name: "rpcallowip",
    value: "<ip>",
    group: "RPC server options",
    help: "Let this address or network connect, as address, address/bits or address/netmask; may be repeated",
  },
  {
    name: "rpcallowhost",
    value: "<name>",
    group: "RPC server options",
    help: "Let browsers use this host name for the server, besides addresses and localhost; may be repeated",
  },
  {
    name: "rpcauth",
    value: "<userpw>",
    group: "RPC server options",
    help: "User with salt and hash of a password: user:salt$hash; may be repeated",
    secret: true,
  },
  {
    name: "rpcbind",
    value: "<addr>[:port]",
    group: "RPC server options",
    help: "Listen on this address, if -rpcallowip is given too; may be repeated (default: 127.0.0.1 and ::1)",
    networkOnly: true,
  },
  {
    name: "rpccookiefile",
    value: "<loc>",
    group: "RPC server options",
    help: "Cookie file, below the chain's directory unless absolute (default: .cookie)",
  },
  {
    name: "rpccookieperms",
    value: "<readable-by>",
    group: "RPC server options",
    help: "Who may read the cookie: owner, group or all (default: owner)",
  },
  {
    name: "rpcdoccheck",
    group: "RPC server options",
    help: "Accepted for compatibility",
    debugOnly: true,
  },
  {
    name: "rpcpassword",
    value: "<pw>",
    group: "RPC server options",
    help: "Password of -rpcuser",
    secret: true,
  },
  {
    name: "rpcport",
    value: "<port>",
    group: "RPC server options",
    help: "Port of the server (default: 8332, testnet3 18332, testnet4 48332, signet 38332, regtest 18443)",
    networkOnly: true,
  },
  {
    name: "rpcservertimeout",
    value: "<n>",
    group: "RPC server options",
    help: "Seconds after which an idle connection is closed (default: 30)",
    debugOnly: true,
  },
  {
    name: "rpcthreads",
    value: "<n>",
    group: "RPC server options",
    help: "Calls in work at a time, together with -rpcworkqueue (default: 16)",
  },
  {
    name: "rpcuser",
    value: "<user>",
    group: "RPC server options",
    help: "User, with -rpcpassword",
    secret: true,
  },
  {
    name: "rpcwhitelist",
    value: "<whitelist>",
    group: "RPC server options",
    help: "Methods that a user may call, user:method,method; may be repeated",
  },
  {
    name: "rpcwhitelistdefault",
    group: "RPC server options",
    help: "Users without -rpcwhitelist may call nothing (default: 1 if any is given)",
  },
  {
    name: "rpcworkqueue",
    value: "<n>",
    group: "RPC server options",
    help: "Calls that may wait, together with -rpcthreads (default: 64)",
    debugOnly: true,
  },
  { name: "server", group: "RPC server options", help: "Answer JSON-RPC (default: 1)" },
];
