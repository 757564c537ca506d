import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { EMPTY_ADDRESS } from "@compeer/protocol/wire/address";
import type { HonestAnswer, HonestOrder } from "./honest-peer.ts";

/** Between two pings, in milliseconds. */
const PAUSE_MS = 5;

/** A tick of the processor's accounts on Linux, in milliseconds. */
const TICK_MS = 10;

const { port, magic, pid } = workerData as HonestOrder;
const accounts = `/proc/${pid}/stat`;
const hasAccounts = existsSync(accounts);
const peer = await RawPeer.open(port, magic);
peer.send({
  type: "version",
  version: 70016,
  // It serves no blocks: the victim shall not wait for headers of it.
  services: 0n,
  time: Math.floor(Date.now() / 1000),
  receiver: EMPTY_ADDRESS,
  nonce: 6n,
  userAgent: "/honest:0.1/",
  startHeight: 0,
  relay: false,
});
peer.send({ type: "verack" });
await peer.received("verack");
await peer.sync();
let slowestMs = 0;
let pongs = 0;
parentPort?.on("message", () => {
  parentPort?.postMessage({ slowestMs, pongs, isClosed: peer.isClosed } satisfies HonestAnswer);
  slowestMs = 0;
  pongs = 0;
});
while (!peer.isClosed) {
  const started = performance.now();
  const workedBefore = workedMs();
  await peer.sync().catch(() => undefined);
  const waited = performance.now() - started;
  // What others on this machine took of the processor is not the victim's doing.
  const worked = hasAccounts ? workedMs() - workedBefore + TICK_MS : waited;
  slowestMs = Math.max(slowestMs, Math.min(waited, worked));
  pongs++;
  peer.messages.length = 0;
  await sleep(PAUSE_MS);
}

/** Milliseconds that the victim has had of the processor, in all its threads. */
function workedMs(): number {
  if (!hasAccounts) return 0;
  // The name in parentheses may hold anything; user and system time are the 12th and 13th behind it.
  const [, rest = ""] = readFileSync(accounts, "utf8").split(") ");
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
