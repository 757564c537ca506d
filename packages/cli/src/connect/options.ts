import type { KnownOption } from "@compeer/protocol/rpc/settings/setting";

/** An option of compeer-cli. */
interface CliOption extends KnownOption {
  readonly value?: string;
  readonly help: string;
}

const CONNECTION: readonly CliOption[] = [
  {
    name: "chain",
    value: "<chain>",
    help: "Chain of the peer: main, test, testnet4, signet, regtest (default: main)",
  },
  {
    name: "conf",
    value: "<file>",
    help: "Configuration file, below the data directory unless absolute (default: bitcoin.conf)",
  },
  {
    name: "datadir",
    value: "<dir>",
    help: "Data directory (default: ~/.compeer)",
    noNegation: true,
  },
  { name: "regtest", help: "The same as -chain=regtest" },
  {
    name: "rpcclienttimeout",
    value: "<n>",
    help: "Seconds to wait for an answer, 0 for ever (default: 900)",
  },
  { name: "rpcconnect", value: "<host[:port]>", help: "Where the peer is (default: 127.0.0.1)" },
  {
    name: "rpccookiefile",
    value: "<loc>",
    help: "Cookie file, below the chain's directory unless absolute",
  },
  { name: "rpcpassword", value: "<pw>", help: "Password", secret: true },
  {
    name: "rpcport",
    value: "<port>",
    help: "Port of the peer's RPC (default: by chain)",
    networkOnly: true,
  },
  { name: "rpcuser", value: "<user>", help: "User", secret: true },
  { name: "rpcwait", help: "Wait for the peer to start" },
  { name: "rpcwaittimeout", value: "<n>", help: "Seconds to wait for it, 0 for ever (default: 0)" },
  { name: "rpcwallet", value: "<name>", help: "Ask this wallet" },
  { name: "signet", help: "The same as -chain=signet" },
  { name: "testnet", help: "The same as -chain=test" },
  { name: "testnet4", help: "The same as -chain=testnet4" },
];

const USE: readonly CliOption[] = [
  { name: "addrinfo", help: "Count the addresses that the peer knows, by network" },
  {
    name: "color",
    value: "<when>",
    help: "Colours of -getinfo: always, auto, never (default: auto)",
  },
  { name: "generate", help: "Make blocks: [number [tries]]" },
  { name: "getinfo", help: "Tell the most important things" },
  { name: "help", help: "Print this text and exit (also -h and -?)" },
  { name: "named", help: "Arguments are name=value" },
  { name: "netinfo", help: "Tell about the connections" },
  { name: "stdin", help: "Read more arguments from standard input, one a line" },
  { name: "stdinrpcpass", help: "Read the password from the first line of standard input" },
  { name: "stdinwalletpassphrase", help: "Read the wallet's passphrase from standard input" },
  { name: "version", help: "Print the version and exit" },
];

/** Known to the file, or without effect here. */
const QUIET: readonly KnownOption[] = [
  { name: "?" },
  { name: "h" },
  { name: "signetchallenge" },
  { name: "signetseednode" },
];

const BY_NAME: ReadonlyMap<string, KnownOption> = new Map(
  [...CONNECTION, ...USE, ...QUIET].map((option) => [option.name, option]),
);

/** The option called `name`; undefined when there is none. */
export function findOption(name: string): KnownOption | undefined {
  return BY_NAME.get(name);
}

/** In a configuration file most keys are not for us: they are known to the daemon. */
export function findFileOption(name: string): KnownOption {
  return findOption(name) ?? { name };
}

/** What `-help` prints about the options. */
export function optionsText(): string {
  return [...CONNECTION, ...USE]
    .map(({ name, value, help }) => {
      const word = `-${name}${value === undefined ? "" : `=${value}`}`;
      return `  ${word.padEnd(30)} ${help}\n`;
    })
    .join("");
}
