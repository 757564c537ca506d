/** Commands by the single byte that stands for them (BIP324); 0 says that 12 bytes follow. */
const SHORT_IDS: readonly string[] = [
  "",
  "addr",
  "block",
  "blocktxn",
  "cmpctblock",
  "feefilter",
  "filteradd",
  "filterclear",
  "filterload",
  "getblocks",
  "getblocktxn",
  "getdata",
  "getheaders",
  "headers",
  "inv",
  "mempool",
  "merkleblock",
  "notfound",
  "ping",
  "pong",
  "sendcmpct",
  "tx",
  "getcfilters",
  "cfilter",
  "getcfheaders",
  "cfheaders",
  "getcfcheckpt",
  "cfcheckpt",
  "addrv2",
];

/** Known but without a meaning to us: the message is empty of a command and ignored. Core: V2_MESSAGE_IDS. */
const RESERVED_END = 33;
/** BIP434, which came later. */
const FEATURE_ID = 37;
const LONG_SIZE = 12;

const SHORT_TYPES: ReadonlyMap<string, Uint8Array> = new Map([
  ...SHORT_IDS.map((command, id) => [command, Uint8Array.of(id)] as const).slice(1),
  ["feature", Uint8Array.of(FEATURE_ID)],
]);

/** What goes before the payload of a message: one byte where there is an id, else 13. Only to be read. */
export function encodeV2Type(command: string): Uint8Array {
  const short = SHORT_TYPES.get(command);
  if (short !== undefined) return short;
  const type = new Uint8Array(1 + LONG_SIZE);
  for (let i = 0; i < command.length; i++) type[1 + i] = command.charCodeAt(i);
  return type;
}

/** The command of a packet's contents and where its payload begins; null when there is none. Core: GetMessageType. */
export function decodeV2Type(contents: Uint8Array): { command: string; start: number } | null {
  const id = contents[0];
  if (id === undefined) return null;
  if (id === 0) return decodeLong(contents);
  if (id === FEATURE_ID) return { command: "feature", start: 1 };
  return id < RESERVED_END ? { command: SHORT_IDS[id] ?? "", start: 1 } : null;
}

function decodeLong(contents: Uint8Array): { command: string; start: number } | null {
  if (contents.length < 1 + LONG_SIZE) return null;
  let command = "";
  let ended = false;
  for (let i = 1; i <= LONG_SIZE; i++) {
    const byte = contents[i] as number;
    if (byte === 0) ended = true;
    else if (ended || byte < 0x20 || byte > 0x7f) return null;
    else command += String.fromCharCode(byte);
  }
  return { command, start: 1 + LONG_SIZE };
}
