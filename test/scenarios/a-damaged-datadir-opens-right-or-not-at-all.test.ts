import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Peer } from "@compeer/peer/peer";
import { mutate } from "../testing/mutate.ts";
import { type Caller, callerOf, until } from "../testing/peers.ts";
import { Random } from "../testing/random.ts";

const BLOCKS = 24;
const DAMAGES = 60;
const SLOWEST_START_MS = 20_000;
/** Nothing rests on what these say. */
const IGNORED = new Set(["LOG", "LOG.old", "LOCK", ".lock", "debug.log"]);

interface Coins {
  readonly height: number;
  readonly muhash: string;
}

/** The options keep block files small, and sockets closed. */
function start(dataDirectory: string, more: Readonly<Record<string, boolean>> = {}): Promise<Peer> {
  const options = { fastprune: true, listen: false, server: false, ...more };
  return Peer.start({ dataDirectory, options });
}

function coinsOf(caller: Caller): Promise<Coins> {
  return caller.call<Coins>("gettxoutsetinfo", "muhash");
}

/** Grows a chain over several starts, so that there are tables as well as logs; the hash of all coins at each height. */
async function grow(directory: string): Promise<Map<number, string>> {
  const hashes = new Map<number, string>();
  for (let round = 0; round < 3; round++) {
    await using peer = await start(directory);
    const caller = callerOf(peer);
    for (let i = 0; i < BLOCKS / 3; i++) {
      const { height, muhash } = await coinsOf(caller);
      hashes.set(height, muhash);
      await caller.call("generatetodescriptor", 1, "raw(51)");
      await caller.call("gettxoutsetinfo", "none");
    }
    const { height, muhash } = await coinsOf(caller);
    hashes.set(height, muhash);
  }
  return hashes;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** Block files are mostly room that is set aside: what counts is at their beginning. */
function damage(path: string, random: Random): string {
  const bytes = readFileSync(path);
  if (random.oneIn(12)) {
    rmSync(path);
    return "removed";
  }
  const used = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const changed = mutate(bytes.subarray(0, used), random);
  writeFileSync(path, changed);
  return `${used} bytes changed to ${changed.length}`;
}

/** What became of a start: the coins, or the error. */
async function outcomeOf(directory: string): Promise<Coins | Error> {
  const opening = start(directory).then(
    async (peer) => {
      try {
        return await coinsOf(callerOf(peer));
      } finally {
        await peer.close();
      }
    },
    (error: unknown) => error as Error,
  );
  const late = sleep(SLOWEST_START_MS, new Error("hangs"), { ref: false });
  return Promise.race([opening, late]);
}

/** Where the database of `folder` names its manifest. */
const CURRENT = { chainstate: "chainstate/CURRENT", index: "blocks/index/CURRENT" } as const;

for (const [part, option] of [
  ["chainstate", "reindex-chainstate"],
  ["index", "reindex"],
] as const)
  it(`K02 a damaged ${part} is built again with the option that the error names`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "compeer-damage-"));
    try {
      const hashes = await grow(folder);
      writeFileSync(join(folder, "regtest", CURRENT[part]), "MANIFEST-");
      const refused = await outcomeOf(folder);
      assert.ok(refused instanceof Error && refused.message.includes(`restart with -${option} to`));
      await using peer = await start(folder, { [option]: true });
      const caller = callerOf(peer);
      await until("all blocks are back", () => peer.chain.tip.height === BLOCKS);
      assert.equal((await coinsOf(caller)).muhash, hashes.get(BLOCKS));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

it("a damaged datadir opens with the coins of its height, or fails with one clear error", async (t) => {
  const random = new Random(2002);
  const folder = mkdtempSync(join(tmpdir(), "compeer-damage-"));
  const whole = join(folder, "whole");
  mkdirSync(whole);
  const counts = { opened: 0, behind: 0, refused: 0 };
  try {
    const hashes = await grow(whole);
    const names = filesIn(whole).map((path) => path.slice(whole.length + 1));
    for (let i = 0; i < DAMAGES; i++) {
      const copy = join(folder, `copy${i}`);
      cpSync(whole, copy, { recursive: true });
      const name = random.pick(names);
      const what = `${name}: ${damage(join(copy, name), random)}`;
      const outcome = await outcomeOf(copy);
      rmSync(copy, { recursive: true });
      if (outcome instanceof Error) {
        counts.refused++;
        assert.ok(
          outcome.message.length > 10 && outcome.message !== "hangs",
          `${what}: ${outcome}`,
        );
        assert.ok(
          !(outcome instanceof TypeError || outcome instanceof RangeError),
          `${what}: ${outcome.stack}`,
        );
      } else {
        counts.opened++;
        if (outcome.height < BLOCKS) counts.behind++;
        assert.equal(outcome.muhash, hashes.get(outcome.height), `${what}: wrong coins`);
      }
    }
    t.diagnostic(JSON.stringify(counts));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
