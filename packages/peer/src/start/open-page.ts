import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Chain } from "../chain/chain.ts";
import type { Signal } from "../chain/signal.ts";
import type { Clock } from "../clock/clock.ts";
import { CLIENT_VERSION } from "../config/help.ts";
import type { Settings } from "../config/settings.ts";
import type { Logger } from "../log/logger.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { Miner } from "../mining/miner.ts";
import type { Net } from "../net/net.ts";
import { EventHub } from "../serve/events/event-hub.ts";
import { EventStreams } from "../serve/events/event-streams.ts";
import type { MiningSwitch } from "../serve/events/mining-switch.ts";
import { PeerEvents, type WalletChange } from "../serve/events/peer-events.ts";
import { Projection } from "../serve/events/projection.ts";
import { SyncMeter } from "../serve/events/sync-meter.ts";
import { ExplorerCards } from "../serve/page/explorer-cards.ts";
import { PageApi } from "../serve/page/page-api.ts";
import { PageFiles } from "../serve/page/page-files.ts";
import { PageServer } from "../serve/page/page-server.ts";
import { PageSessions } from "../serve/page/page-sessions.ts";
import { PlainPages } from "../serve/page/plain-pages.ts";
import { SessionFile } from "../serve/page/session-file.ts";
import type { RpcDispatcher } from "../serve/rpc/dispatch.ts";
import { pageMethods } from "../serve/rpc/page-methods.ts";
import { SettingsBook } from "../serve/rpc/settings-json.ts";
import { freeBytes } from "../storage/disk-space.ts";
import { chainOptions } from "./chain-settings.ts";
import { checkPorts } from "./check-ports.ts";
import { hostPort } from "./host-port.ts";
import { mempoolOptions } from "./mempool-settings.ts";
import { minerOptions, miningPlan } from "./mining-settings.ts";
import { netOptions } from "./net-settings.ts";

/** How far the page's port lies above that of JSON-RPC. */
const PORT_DISTANCE = 20;
/** The file of those who are logged in, beside the cookie. */
const SESSIONS = ".page-sessions";
/** The page as it is built, beside the peer's package in the repository and where both are installed. */
const PAGE = fileURLToPath(new URL("../../../web/dist/app", import.meta.url));

export interface PageParts {
  readonly settings: Settings;
  readonly network: Network;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly net: Net;
  readonly miner: Miner;
  readonly mining: MiningSwitch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dispatcher: RpcDispatcher;
  readonly inMemory: boolean;
  /** Null in a peer without wallets. */
  readonly walletChanged: Signal<WalletChange> | null;
}

/** The page's methods, and its door while it is open. */
export interface OpenPage {
  /** `http://127.0.0.1:18463`; null when the page is not served. */
  readonly url: string | null;
  close(): Promise<void>;
}

/**
 * Adds the page's methods to the peer's, and opens its door when -page asks for it.
 *
 * @throws Error when its port is taken by another program
 */
export async function openPage(parts: PageParts): Promise<OpenPage> {
  const { settings, mempool, miner, dispatcher } = parts;
  const { maxWeight, reservedWeight } = miner.options;
  const projection = new Projection(mempool, maxWeight - reservedWeight);
  const sync = new SyncMeter({ ...parts, diskFree: () => diskFree(parts) });
  const sessions = openSessions(parts);
  const shared = { ...parts, projection, sync, sessions, logPath: parts.log.path };
  let url: string | null = null;
  const book = new SettingsBook(settings, (changed) => checkStart(changed, parts.network));
  dispatcher.add(pageMethods({ ...shared, settings: book, pageUrl: () => url }));
  const door = settings.flag("page") ? await openDoor(shared) : null;
  url = door?.url ?? null;
  return {
    url,
    async close(): Promise<void> {
      await door?.close();
      sync.close();
    },
  };
}

function openSessions({ inMemory, settings, log }: PageParts): PageSessions {
  const now = (): number => Math.floor(Date.now() / 1000);
  if (inMemory) return new PageSessions(now);
  return new PageSessions(now, new SessionFile(join(settings.directories.chain, SESSIONS), log));
}

interface SharedParts extends PageParts {
  readonly projection: Projection;
  readonly sync: SyncMeter;
  readonly sessions: PageSessions;
  readonly logPath: string | null;
}

interface PageDoor {
  readonly url: string;
  close(): Promise<void>;
}

async function openDoor(parts: SharedParts): Promise<PageDoor> {
  const { settings, network, sessions, dispatcher, log } = parts;
  const { host, port } = endpointOf(settings, network);
  const hub = new EventHub();
  const events = new PeerEvents(parts, hub);
  const streams = new EventStreams(hub, events);
  const forget = sessions.ended.on((id) => streams.closeOf(id));
  const about = { chain: network.name, version: CLIENT_VERSION };
  const files = new PageFiles(PAGE);
  const { chain } = parts;
  const scratch = parts.inMemory ? tmpdir() : settings.directories.chain;
  const api = new PageApi({ sessions, streams, dispatcher, chain, scratch, about, log });
  const pages = new PlainPages(files, new ExplorerCards(parts));
  const hostNames = settings.list("rpcallowhost").map((name) => name.toLowerCase());
  const server = await listen({ api, files, pages, log, hostNames }, host, port);
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const url = `http://${shown.includes(":") ? `[${shown}]` : shown}:${server.port}`;
  log.info(`The page is at ${url}`);
  if (!/^(127\.|::1$)/.test(host))
    log.warning(
      `The page can be reached from outside at ${host}, and what it says is not encrypted.`,
    );
  return {
    url,
    async close(): Promise<void> {
      streams.close();
      await server.close();
      events.close();
      forget();
    },
  };
}

/** A page that cannot be where it is expected is a start that failed: another program may wait there (W02). */
async function listen(
  parts: Parameters<typeof PageServer.listen>[0],
  host: string,
  port: number,
): Promise<PageServer> {
  try {
    return await PageServer.listen(parts, host, port);
  } catch (cause) {
    throw new Error(
      `The page cannot be served at ${host}, port ${port}: something else may be there. Choose another with -pageport=<port>, or none with -page=0.`,
      { cause },
    );
  }
}

function endpointOf(settings: Settings, network: Network): { host: string; port: number } {
  const rpcPort = settings.number("rpcport", network.rpcPort);
  const above = rpcPort === 0 ? 0 : rpcPort + PORT_DISTANCE;
  const text = settings.text("pagebind", "127.0.0.1");
  const endpoint = hostPort(text, settings.number("pageport", above));
  if (endpoint === null) throw new SettingsError(`-pagebind=${text} is no address.`);
  return endpoint;
}

/** @throws SettingsError when a peer with these settings would not start */
function checkStart(settings: Settings, network: Network): void {
  checkPorts(settings, 0);
  chainOptions(settings, network);
  mempoolOptions(settings, network);
  netOptions(settings, network);
  minerOptions(settings);
  miningPlan(settings, network);
}

function diskFree({ inMemory, settings }: PageParts): number | null {
  return inMemory ? null : freeBytes(settings.directories.blocks);
}
