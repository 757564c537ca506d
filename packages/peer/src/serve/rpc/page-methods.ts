import { formatHash } from "@compeer/protocol/bytes/hash";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { tailLog } from "../events/log-tail.ts";
import type { MiningSwitch } from "../events/mining-switch.ts";
import {
  MOST_BLOCKS,
  type Projection,
  projectedEntries,
  projectedJson,
} from "../events/projection.ts";
import type { SyncMeter } from "../events/sync-meter.ts";
import { findTransaction, MOST_SEARCHED } from "../page/find-transaction.ts";
import { pageUser } from "../page/page-rpc.ts";
import type { PageSessions } from "../page/page-sessions.ts";
import { SCOPES, type Scope, scopesUpTo } from "../page/scopes.ts";
import { knownBlock } from "./lookups.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { SettingsBook } from "./settings-json.ts";

const DEFAULT_LINES = 200;
const MAX_LINES = 5000;
const DEFAULT_INTERVAL = 10;
const MAX_INTERVAL = 86_400;

export interface PageMethodDeps {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly projection: Projection;
  readonly sync: SyncMeter;
  readonly mining: MiningSwitch;
  readonly settings: SettingsBook;
  readonly logPath: string | null;
  readonly sessions: PageSessions;
  /** Where the page is: `http://127.0.0.1:18463`; null when it is not served. */
  pageUrl(): string | null;
}

/** Methods that the page needs and bitcoind does not have. Amounts are satoshis, rates satoshis a vbyte. */
export function pageMethods(deps: PageMethodDeps): readonly RpcMethod[] {
  return [...lookingMethods(deps), ...runningMethods(deps), ...accessMethods(deps)];
}

function lookingMethods({ chain, mempool, projection, sync }: PageMethodDeps): RpcMethod[] {
  return [
    rpcMethod("getprojectedblocks", {
      description:
        "The next blocks as they would be made of this peer's mempool, with the rates they ask for.",
      result:
        "weight, vsize, fees, txcount, minrate, medianrate and maxrate of each, in satoshis and satoshis a vbyte",
      examples: ["", "1 true"],
      run: ({ params }) => {
        const count = params.optionalInt("count", MOST_BLOCKS);
        if (count < 1 || count > MOST_BLOCKS) throw refuse(`count is from 1 to ${MOST_BLOCKS}.`);
        return projectedBlocks(projection, count, params.optionalBool("verbose", false));
      },
    }),
    rpcMethod("getsyncprogress", {
      description: "How far this peer is, in words and numbers; null for what cannot be told.",
      result: "stage, text, height, headers, progress, rates, eta in seconds, usable and more",
      examples: [""],
      run: () => sync.progress(),
    }),
    rpcMethod("findtransaction", {
      description:
        "Where a transaction is, without an index: in the mempool, in the block of an output of it that is unspent, or in one of the last blocks.",
      result: "place (mempool, block or null), blockhash, height, index",
      examples: ["4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"],
      run: async ({ params }) => {
        const hash = params.optionalHash("blockhash");
        const named = hash === undefined ? null : knownBlock(chain, hash);
        const txid = params.hash("txid");
        const found = await findTransaction(chain, mempool, txid, named, MOST_SEARCHED);
        if (found?.place !== "block")
          return { place: found?.place ?? null, blockhash: null, height: null, index: null };
        const { node, index } = found;
        return { place: "block", blockhash: formatHash(node.hash), height: node.height, index };
      },
    }),
  ];
}

function projectedBlocks(projection: Projection, count: number, verbose: boolean): JsonOut {
  return projection
    .blocks()
    .slice(0, count)
    .map((block) => {
      if (!verbose) return projectedJson(block);
      const txs = projectedEntries(block).map(({ entry, rate }) => ({
        txid: formatHash(entry.txid),
        vsize: entry.vsize,
        weight: entry.weight,
        fee: entry.fee,
        rate,
        time: entry.time,
      }));
      return { ...projectedJson(block), txs };
    });
}

function runningMethods({ mining, settings, logPath }: PageMethodDeps): RpcMethod[] {
  return [
    rpcMethod("getmining", {
      description: "Whether this peer mines by itself, how often, and for whom.",
      result: "on, interval, to, available, last, found, error",
      examples: [""],
      run: () => mining.state(),
    }),
    rpcMethod("setmining", {
      description:
        "Starts or stops mining one block every so many seconds. For regtest and a signet of your own.",
      result: "on, interval, to, available, last, found, error",
      examples: ["true 30", "false"],
      run: async ({ params }) => {
        const before = mining.state();
        const interval = params.optionalInt("interval", before.interval || DEFAULT_INTERVAL);
        if (interval < 1 || interval > MAX_INTERVAL)
          throw refuse(`interval is from 1 to ${MAX_INTERVAL} seconds.`);
        const to = params.optionalText("to", before.to);
        return sentence(() => mining.set(params.bool("on"), interval, to));
      },
    }),
    rpcMethod("listsettings", {
      description:
        "Every setting: what it is, its default, its value and what is kept for the next start.",
      result:
        "name, group, description, kind, hint, default, value, stored, source, restart, pending, editable of each",
      examples: ["", "dbcache"],
      run: ({ params }) => settings.list(params.optionalText("filter", "")),
    }),
    rpcMethod("changesetting", {
      description: "Keeps a setting in settings.json; it counts from the next start on.",
      result: "name, stored, restart, pending",
      examples: ["dbcache 1000", "dbcache null"],
      run: ({ params }) => settings.change(params.text("name"), params.raw("value")),
    }),
    rpcMethod("gettaillog", {
      description: "The last lines of the log.",
      result: "path, lines",
      examples: ["", "50 UpdateTip"],
      run: ({ params }) => {
        const count = params.optionalInt("lines", DEFAULT_LINES);
        if (count < 1 || count > MAX_LINES) throw refuse(`lines is from 1 to ${MAX_LINES}.`);
        const filter = params.optionalText("filter", "");
        return { path: logPath, lines: logPath === null ? [] : tailLog(logPath, count, filter) };
      },
    }),
  ];
}

function accessMethods({ sessions, pageUrl }: PageMethodDeps): RpcMethod[] {
  return [
    rpcMethod("createpagelink", {
      description:
        "A link that opens the page once, within ten minutes. Whoever opens it may do what the scope says.",
      result: "url, expires",
      examples: ["", "view"],
      run: ({ params }) => {
        const scope = params.optionalText("scope", "spend");
        if (!isScope(scope)) throw refuse("scope is view, wallet or spend.");
        const url = pageUrl();
        if (url === null)
          throw new RpcError(
            RpcErrorCode.misc,
            "The page is not served; start the peer with -page=1.",
          );
        const { token, expires } = sessions.newLink(scope);
        return { url: `${url}/login#${token}`, expires };
      },
    }),
    rpcMethod("listpagesessions", {
      description: "Browsers that are logged in to the page.",
      result: "id, scopes, since, lastuse, agent, current of each",
      examples: [""],
      run: ({ user }) =>
        sessions.list().map((session) => ({
          id: session.id,
          scopes: scopesUpTo(session.scope),
          since: session.since,
          lastuse: session.lastUse,
          agent: session.agent,
          current: pageUser(session) === user,
        })),
    }),
    rpcMethod("endpagesession", {
      description: "Logs a browser out.",
      result: "true or false    (boolean) whether there was one",
      examples: ["0123456789ab"],
      run: ({ params }) => sessions.end(params.text("id")),
    }),
  ];
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** What cannot be done is told the caller, not logged as a failure. */
async function sentence<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (error instanceof SettingsError) throw refuse(error.message);
    throw error;
  }
}

function refuse(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
