import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Peer } from "@compeer/peer/peer";
import { addressOf, callerOf, sameLedger, until } from "../testing/peers.ts";

type PeerOptions = Parameters<typeof Peer.start>[0];

const directory = mkdtempSync(join(tmpdir(), "compeer-library-"));
after(() => rmSync(directory, { recursive: true }));

describe("a program with peers in it", () => {
  it("has them on several networks at once, in memory and on disk, and connects them", async () => {
    await using memory = await Peer.start({ chain: "regtest" });
    await using disk = await Peer.start({ chain: "regtest", dataDirectory: directory });
    await using signet = await Peer.start({ chain: "signet" });
    await using main = await Peer.start({ chain: "main" });
    await using other = await Peer.start({
      chain: "signet",
      options: { signetchallenge: "51" },
    });
    await disk.net.connectTo(addressOf(memory));
    await memory.rpc("generatetodescriptor", 5, "raw(51)");
    await sameLedger(callerOf(memory), callerOf(disk));
    assert.equal(disk.chain.tip.height, 5);

    const peers = [memory, signet, main, other];
    assert.equal(new Set(peers.map(({ network }) => network.magic.join())).size, peers.length);
    assert.equal(new Set([...peers, disk].map((peer) => peer.address)).size, 5);
    assert.equal(new Set([...peers, disk].map((peer) => peer.rpcPort)).size, 5);
    for (const peer of [signet, main, other]) assert.equal(await peer.rpc("getblockcount"), 0);
    const about = (await main.rpc("getblockchaininfo")) as { readonly chain: string };
    assert.equal(about.chain, "main");
  });

  it("keeps peers of different networks apart, whoever calls", async () => {
    await using regtest = await Peer.start({ chain: "regtest" });
    await using signet = await Peer.start({ chain: "signet" });
    // Encrypted, they would wait a minute for a greeting that neither can read.
    await signet.net.connectTo(addressOf(regtest), "manual", false);
    await regtest.net.connectTo(addressOf(signet), "manual", false);
    await regtest.rpc("generatetodescriptor", 1, "raw(51)");
    await until("both have hung up", () =>
      [regtest, signet].every(({ net }) => net.peers().length === 0),
    );
    assert.equal(signet.chain.tip.height, 0);
  });

  it("ends by itself when its peers are closed: nothing of them keeps the process", async () => {
    const program = fileURLToPath(new URL("../testing/peers-program.js", import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const signal = AbortSignal.timeout(60_000);
    try {
      const [status] = (await once(child, "close", { signal })) as [number | null];
      assert.equal(output, "3 3 0\n");
      assert.equal(status, 0);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is told in one error what is wrong with an option, and nothing stays open", async () => {
    const refused: readonly (readonly [PeerOptions, RegExp])[] = [
      [{ options: { nonsense: 1 } }, /^Invalid parameter -nonsense/],
      [{ chain: "lite" as "main" }, /^Unknown chain lite\.$/],
      [{ dataDirectory: join(directory, "absent") }, /absent" does not exist\.$/],
      [{ options: { chain: "main" } }, /^The option chain is given with `chain`\.$/],
      [{ options: { datadir: directory } }, /^The option datadir is given with `dataDirectory`\.$/],
      [{ options: { help: true } }, /^The option help is given on the command line\.$/],
      [{ options: { port: "x" } }, /^Invalid port specified in -port: 'x'$/],
      [{ options: { rpcport: 65_536 } }, /^Invalid port specified in -rpcport: '65536'$/],
      [{ options: { bind: "nowhere" } }, /^Cannot resolve -bind address: 'nowhere'$/],
      [{ options: { prune: -1 } }, /^Prune cannot be configured with a negative value\.$/],
      [{ options: { onlynet: "nowhere" } }, /^Unknown network specified in -onlynet: 'nowhere'/],
      [{ chain: "main", options: { mine: 1 } }, /^-mine is for regtest and for a signet/],
      [{ chain: "signet", options: { signetchallenge: "zz" } }, /must be hex, not 'zz'\.$/],
      [{ chain: "signet", options: { signetminingkey: "zz" } }, /a signet key that is no private/],
    ];
    for (const [options, message] of refused)
      await assert.rejects(Peer.start(options), { message });
  });

  it("is told which folder, address or port somebody else has", async () => {
    await using first = await Peer.start({ dataDirectory: directory });
    const { address, rpcPort } = first;
    await assert.rejects(Peer.start({ dataDirectory: directory }), {
      message: /^Cannot obtain a lock on directory .* Compeer is probably already running\.$/,
    });
    await assert.rejects(Peer.start({ options: { bind: address as string } }), {
      message: /^Unable to bind to 127\.0\.0\.1:\d+ on this computer .*EADDRINUSE/,
    });
    await assert.rejects(Peer.start({ options: { rpcport: rpcPort as number } }), {
      message: new RegExp(`^Unable to start HTTP server\\. .*EADDRINUSE.*:${rpcPort}\\)$`),
    });
    assert.equal(await first.rpc("getblockcount"), 5);
  });

  it("may close a peer twice, and is told when it asks one that is closed", async () => {
    const peer = await Peer.start();
    await Promise.all([peer.close(), peer.close()]);
    await assert.rejects(peer.rpc("getblockcount"), { message: "the peer is closed" });
  });
});
