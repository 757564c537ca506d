import { resultOf } from "@compeer/protocol/rpc/client";
import type { Json } from "@compeer/protocol/rpc/json";
import { ask, askAll, at, listAt, numberAt, textAt } from "../connect/ask.ts";
import { walletName } from "../connect/http-call.ts";
import type { Session } from "../connect/session.ts";

const COLORS = { blue: 34, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;
type Paint = (color: keyof typeof COLORS, text: string) => string;

/** `-getinfo`: the most important of several methods. Core: ParseGetInfoResult. */
export async function getInfo(session: Session, words: readonly string[]): Promise<string> {
  if (words.length > 0) throw new Error("-getinfo takes no arguments");
  const [network = null, chain = null, wallet = null, balances = null] = await askAll(session, [
    "getnetworkinfo",
    "getblockchaininfo",
    "getwalletinfo",
    "getbalances",
  ]);
  const all = walletName(session) === null ? await walletBalances(session) : [];
  const paint = chosenPaint(session.text("color") ?? "auto");
  return [
    chainText(resultOf(chain), paint),
    networkText(resultOf(network), paint),
    walletText(at(wallet, "result"), at(balances, "result"), paint),
    balancesText(all, paint),
    `${paint("yellow", "Warnings:")} ${warningsText(at(network, "result", "warnings"))}`,
  ].join("");
}

function chosenPaint(when: string): Paint {
  if (when !== "always" && when !== "auto" && when !== "never")
    throw new Error("Invalid value for -color option. Valid values: always, auto, never.");
  const colored = when === "always" || (when === "auto" && process.stdout.isTTY);
  return (color, text) => (colored ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text);
}

function chainText(chain: Json, paint: Paint): string {
  const progress = numberAt(chain, "verificationprogress");
  const bar = progress < 0.99 ? `${progressBar(progress)} ` : "";
  return `${paint("blue", `Chain: ${textAt(chain, "chain")}`)}
Blocks: ${textAt(chain, "blocks")}
Headers: ${textAt(chain, "headers")}
Verification progress: ${bar}${(progress * 100).toFixed(4)}%
Difficulty: ${textAt(chain, "difficulty")}

`;
}

/** One mark for every twentieth that is begun. */
function progressBar(progress: number): string {
  if (progress < 0 || progress > 1) return "";
  return "▒".repeat(Math.ceil(progress / 0.05)) + "░".repeat(Math.ceil((1 - progress) / 0.05));
}

function networkText(network: Json, paint: Paint): string {
  const counts = `Network: in ${textAt(network, "connections_in")}, out ${textAt(network, "connections_out")}, total ${textAt(network, "connections")}`;
  return `${paint("green", counts)}
Version: ${textAt(network, "version")}
Time offset (s): ${textAt(network, "timeoffset")}
Proxies: ${proxiesText(listAt(network, "networks"))}
Min tx relay fee rate (BTC/kvB): ${textAt(network, "relayfee")}

`;
}

function proxiesText(networks: readonly Json[]): string {
  const proxies = new Map<string, string[]>();
  for (const network of networks) {
    const proxy = textAt(network, "proxy");
    if (proxy !== "") proxies.set(proxy, [...(proxies.get(proxy) ?? []), textAt(network, "name")]);
  }
  return [...proxies].map(([proxy, names]) => `${proxy} (${names.join(", ")})`).join(", ") || "n/a";
}

function walletText(wallet: Json, balances: Json, paint: Paint): string {
  const balance = textAt(balances, "mine", "trusted");
  const balanceText = balance === "" ? "" : `${paint("cyan", "Balance:")} ${balance}\n\n`;
  if (wallet === null) return balanceText;
  const unlocked = textAt(wallet, "unlocked_until");
  const unlockedText = unlocked === "" ? "" : `Unlocked until: ${unlocked}\n`;
  return `${paint("magenta", `Wallet: ${textAt(wallet, "walletname") || '""'}`)}
Keypool size: ${textAt(wallet, "keypoolsize")}
${unlockedText}Transaction fee rate (-paytxfee) (BTC/kvB): ${textAt(wallet, "paytxfee")}

${balanceText}`;
}

type Balance = readonly [wallet: string, balance: string];

/** Of every wallet, when there is more than one. */
async function walletBalances(session: Session): Promise<readonly Balance[]> {
  let wallets: readonly Json[];
  try {
    wallets = listAt(await ask(session, "listwallets"));
  } catch {
    return []; // a peer without wallets
  }
  if (wallets.length <= 1) return [];
  const balances: Balance[] = [];
  for (const wallet of wallets) {
    const name = textAt(wallet);
    balances.push([name, textAt(await ask(session, "getbalances", [], name), "mine", "trusted")]);
  }
  return balances;
}

function balancesText(balances: readonly Balance[], paint: Paint): string {
  if (balances.length === 0) return "";
  const width = Math.max(10, ...balances.map(([, balance]) => balance.length));
  const lines = balances.map(([name, text]) => `${text.padStart(width)} ${name || '""'}\n`);
  return `${paint("cyan", "Balances")}\n${lines.join("")}\n`;
}

function warningsText(warnings: Json): string {
  const text = Array.isArray(warnings)
    ? warnings.map((one: Json) => textAt(one)).join("\n")
    : textAt(warnings);
  return text || "(none)";
}
