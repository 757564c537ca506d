import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Peer } from "@compeer/peer/peer";
import { addressOf, callerOf, sameLedger } from "./peers.ts";

/**
 * A program with peers in it, that ends by itself: nothing of a peer may outlive its block. It prints
 * one line, the heights it saw.
 */
const dataDirectory = mkdtempSync(join(tmpdir(), "compeer-program-"));
try {
  await using memory = await Peer.start({ chain: "regtest" });
  await using disk = await Peer.start({ chain: "regtest", dataDirectory });
  await using apart = await Peer.start({ chain: "signet" });
  await disk.net.connectTo(addressOf(memory), "manual");
  await memory.rpc("generatetodescriptor", 3, "raw(51)");
  await sameLedger(callerOf(memory), callerOf(disk));
  const heights = [memory, disk, apart].map((peer) => peer.chain.tip.height);
  process.stdout.write(`${heights.join(" ")}\n`);
} finally {
  rmSync(dataDirectory, { recursive: true });
}
