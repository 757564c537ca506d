import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../connect/session.ts";
import { freePlace, freePortFrom } from "./neighbours.ts";
import { awaitPageLink } from "./open.ts";
import { peerFile, runChild } from "./run-child.ts";

const REGTEST_PORT = 18444;
const REGTEST_RPC_PORT = 18443;
/** How far the page's port lies above that of JSON-RPC, when it is free. */
const PAGE_DISTANCE = 20;
/** Seconds between the blocks of a private ledger. */
const BLOCK_SECONDS = 10;

/** What a start adds to the options that were given. */
interface Plan {
  readonly args: readonly string[];
  readonly directory: string;
  readonly rpc: string;
  readonly rpcPort: number;
  /** A line on how it meets others and whether it mines. */
  readonly about: string;
  /** What names this peer to the other commands. */
  readonly name: string;
}

/**
 * Runs a peer in the foreground until it ends, with the options given; without a chain among them it
 * is a private ledger (regtest). The first such peer of a machine mines; the next ones take ports and
 * folders of their own, find those that run, and follow them. Each serves its page.
 *
 * @param sessionOf what other arguments say about the peer
 * @returns the peer's exit status
 */
export async function start(
  session: Session,
  args: readonly string[],
  sessionOf: (args: readonly string[]) => Session,
): Promise<number> {
  const plan = await planOf(session);
  const page = await pageArguments(session, plan.rpcPort);
  process.stdout.write(`Starting a peer on ${session.chain}.
  data    ${plan.directory}
  log     ${join(plan.directory, "debug.log")}
  RPC     ${plan.rpc}
  stop    Ctrl-C, or: compeer stop${plan.name}
  status  compeer status --watch${plan.name}
${plan.about}`);
  let isOver = false;
  const quiet = session.isSet("printtoconsole") ? [] : ["-printtoconsole=0"];
  const all = [...plan.args, ...page, ...quiet, ...args];
  const exit = runChild(peerFile("bin/compeerd"), all).finally(() => {
    isOver = true;
  });
  if (page.length > 0) {
    const url = await awaitPageLink(sessionOf(all), () => isOver);
    if (url !== null)
      process.stdout.write(`\n  page    ${url}\n          again: compeer open${plan.name}\n\n`);
  }
  return exit;
}

/** Nothing when somebody said himself whether there is a page. */
async function pageArguments(session: Session, rpcPort: number): Promise<readonly string[]> {
  if (session.isSet("page")) return [];
  if (session.isSet("pageport")) return ["-page=1"];
  return ["-page=1", `-pageport=${await freePortFrom(rpcPort + PAGE_DISTANCE)}`];
}

async function planOf(session: Session): Promise<Plan> {
  const chain = session.chainChosen ? [] : [`-chain=${session.chain}`];
  const choosesPlace = ["port", "rpcport", "connect", "listen", "bind"].some((name) =>
    session.isSet(name),
  );
  if (session.chain === "regtest" && !choosesPlace) return privatePlan(session, chain);
  const { host, port } = session.target();
  // A community's own ledger has no seeds: its peers look around them.
  const looksAround = session.isSet("signetchallenge") && !session.isSet("landiscovery");
  return {
    args: looksAround ? [...chain, "-landiscovery=1"] : chain,
    directory: session.chainDirectory,
    rpc: `${host}:${port}`,
    rpcPort: port,
    about: "",
    name: "",
  };
}

async function privatePlan(session: Session, chain: readonly string[]): Promise<Plan> {
  const place = await freePlace(REGTEST_PORT, REGTEST_RPC_PORT);
  const isFirst = place.number === 0;
  const base =
    isFirst || session.isSet("datadir")
      ? session.dataDirectory
      : `${session.dataDirectory}-${place.number + 1}`;
  mkdirSync(base, { recursive: true, mode: 0o700 });
  const mines = isFirst && !session.isSet("mine");
  const args = [
    ...chain,
    `-datadir=${base}`,
    "-bind=127.0.0.1",
    `-port=${place.port}`,
    `-rpcport=${place.rpcPort}`,
    ...place.taken.map((port) => `-addnode=127.0.0.1:${port}`),
    ...(mines ? [`-mine=${BLOCK_SECONDS}`] : []),
  ];
  const found = place.taken.map((port) => `127.0.0.1:${port}`).join(", ");
  return {
    args,
    directory: join(base, "regtest"),
    rpc: `127.0.0.1:${place.rpcPort}`,
    rpcPort: place.rpcPort,
    about: aboutOf(found, place.port, mines),
    name: isFirst ? "" : ` -datadir=${base} -rpcport=${place.rpcPort}`,
  };
}

function aboutOf(found: string, port: number, mines: boolean): string {
  const others =
    found === ""
      ? `  peers   it listens on 127.0.0.1:${port}; start another one and it comes here\n`
      : `  peers   ${found}\n`;
  return mines ? `${others}  mining  a block every ${BLOCK_SECONDS} seconds\n` : others;
}
