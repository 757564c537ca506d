// How long a transaction and a block take through a line of five peers, beside the same line of bitcoinds.
//   node bench/dist/relay.js --bitcoind PATH [--blocks 40] [--transactions 100] [--line 5]
// Each peer dials the next. A block of transactions that all have goes in at one end, as a compact block from a
// peer of the first, and comes out at the other, where a peer of the last wants such blocks at once. A
// transaction is given to the first, and the clock stops when the last has it. Both programs wait some seconds at random before they announce a
// transaction (privacy, not work), and both lines are given theirs at the same times.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { decodeHeader } from "@compeer/protocol/bitcoin/header";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { encodeCompactBlock } from "@compeer/protocol/wire/compact-block";
import { NodeProcess } from "./node-process.ts";
import { median, print } from "./report.ts";

const OURS = fileURLToPath(new URL("../../packages/peer/bin/compeerd", import.meta.url));
/** Of the witness script OP_TRUE: anyone can spend from it, and peers relay that. */
const ANYONE = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85";
const FEE = 0.0001;
/** The message that asks for what a compact block lacks. */
const ASKING = "getblocktxn";
const MATURITY = 100;
/** Of regtest. */
const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);
/** Between two transactions: many go through the line at once. */
const TRANSACTION_MS = 500;
/** How often the last of a line is looked at for transactions. */
const LOOK_MS = 50;

const { COMPEER_BITCOIND = "" } = process.env;
const { values } = parseArgs({
  options: {
    bitcoind: { type: "string", default: COMPEER_BITCOIND },
    blocks: { type: "string", default: "40" },
    transactions: { type: "string", default: "100" },
    /** Of one block. */
    size: { type: "string", default: "20" },
    line: { type: "string", default: "5" },
  },
});
const [blocks, transactions, size] = [values.blocks, values.transactions, values.size].map(
  Number,
) as [number, number, number];

interface Coinbase {
  readonly txid: string;
  readonly vout: readonly [{ readonly value: number }];
}

interface PeerTraffic {
  readonly bytessent_per_msg: Readonly<Record<string, number>>;
}

/** Five nodes, each of which has dialled the next. */
class Line {
  readonly name: string;
  readonly nodes: NodeProcess[] = [];
  readonly blockMs: number[] = [];
  readonly transactionMs: number[] = [];
  /** Hashes of blocks whose rewards nobody has spent. */
  #rewards: string[] = [];
  /** Where blocks go in and come out. */
  #ends: readonly [RawPeer, RawPeer] | null = null;

  constructor(name: string) {
    this.name = name;
  }

  async start(program: string): Promise<void> {
    for (let i = 0; i < Number(values.line); i++)
      this.nodes.push(await NodeProcess.start(program, ["-whitelist=noban@127.0.0.1"]));
    for (const [i, node] of this.nodes.entries()) {
      const next = this.nodes[i + 1];
      if (next !== undefined) await node.rpc("addnode", `127.0.0.1:${next.port}`, "add");
    }
    const wanted = transactions + blocks * size;
    this.#rewards = (await this.first.rpc(
      "generatetoaddress",
      MATURITY + wanted,
      ANYONE,
    )) as string[];
    this.#rewards.length = wanted;
    for (const node of this.nodes) await node.waitForHeight(MATURITY + wanted);
    this.#ends = [await RawPeer.shakeHands(this.first.port, MAGIC), await this.#listen()];
  }

  /** A peer of the last node that wants new blocks at once and has all up to now. */
  async #listen(): Promise<RawPeer> {
    const peer = await RawPeer.shakeHands(this.last.port, MAGIC);
    const tip = await this.last.rpc(
      "getblockheader",
      await this.last.rpc("getbestblockhash"),
      false,
    );
    peer.send({ type: "sendcmpct", highBandwidth: true, version: 2n });
    peer.send({ type: "headers", headers: [decodeHeader(decodeHex(String(tip)))] });
    await peer.sync();
    return peer;
  }

  async stop(): Promise<void> {
    for (const end of this.#ends ?? []) end.close();
    for (const node of this.nodes) await node.stop();
  }

  get first(): NodeProcess {
    return this.nodes[0] as NodeProcess;
  }

  get last(): NodeProcess {
    return this.nodes.at(-1) as NodeProcess;
  }

  /** A block of transactions that every node has. */
  async block(): Promise<void> {
    for (let i = 0; i < size; i++) {
      const raw = await this.#spend();
      for (const node of this.nodes) await node.rpc("sendrawtransaction", raw, 0);
    }
    const txids = await this.first.rpc("getrawmempool");
    const made = await this.first.rpc("generateblock", ANYONE, txids, false);
    const block = decodeBlock(decodeHex((made as { readonly hex: string }).hex));
    const payload = encodeCompactBlock(block, 1n);
    const header = encodeHex(block.header.raw);
    const [from, to] = this.#ends as readonly [RawPeer, RawPeer];
    const start = performance.now();
    from.sendPayload("cmpctblock", payload);
    await to.received("cmpctblock", (compact) => encodeHex(compact.payload).startsWith(header));
    this.blockMs.push(performance.now() - start);
    // All have connected it before the next one comes.
    const hash = formatHash(block.hash);
    for (const node of this.nodes) await node.rpc("waitforblock", hash, 10_000);
    to.messages.length = 0;
  }

  /** Gives a transaction to the first every half second; watches for them at the last. */
  async relayTransactions(): Promise<void> {
    const since = new Map<string, number>();
    let given = 0;
    const give = setInterval(() => {
      if (++given === transactions) clearInterval(give);
      void this.#send().then((txid) => since.set(txid, performance.now()));
    }, TRANSACTION_MS);
    while (given < transactions || since.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      for (const txid of (await this.last.rpc("getrawmempool")) as string[]) {
        const start = since.get(txid);
        if (start === undefined) continue;
        this.transactionMs.push(performance.now() - start);
        since.delete(txid);
      }
    }
  }

  async #send(): Promise<string> {
    return (await this.first.rpc("sendrawtransaction", await this.#spend(), 0)) as string;
  }

  /** A transaction that spends the reward of a block. */
  async #spend(): Promise<string> {
    const { tx } = (await this.first.rpc("getblock", this.#rewards.shift(), 2)) as {
      tx: readonly Coinbase[];
    };
    const [coinbase] = tx as [Coinbase];
    const inputs = [{ txid: coinbase.txid, vout: 0 }];
    const outputs = [{ [ANYONE]: Number((coinbase.vout[0].value - FEE).toFixed(8)) }];
    return withWitness((await this.first.rpc("createrawtransaction", inputs, outputs)) as string);
  }

  /** Bytes of questions for what compact blocks lacked. */
  async asked(): Promise<number> {
    let bytes = 0;
    for (const node of this.nodes)
      for (const peer of (await node.rpc("getpeerinfo")) as PeerTraffic[])
        bytes += peer.bytessent_per_msg[ASKING] ?? 0;
    return bytes;
  }
}

/** Marker and flag behind the version, and the witness (one item, OP_TRUE) before the lock time. */
function withWitness(hex: string): string {
  return `${hex.slice(0, 8)}0001${hex.slice(8, -8)}010151${hex.slice(-8)}`;
}

function row(ms: readonly number[]): string {
  const mean = ms.reduce((sum, each) => sum + each, 0) / ms.length;
  const figures = [median(ms), mean, Math.max(...ms)].map((each) => each.toFixed(1));
  return `median ${figures[0]} ms, mean ${figures[1]} ms, most ${figures[2]} ms`;
}

const lines: Line[] = [];
try {
  for (const [name, program] of [
    ["compeer", OURS],
    ["bitcoind", values.bitcoind],
  ] as const) {
    if (program === "") continue;
    const line = new Line(name);
    lines.push(line);
    await line.start(program);
  }
  for (let i = 0; i < blocks; i++) for (const line of lines) await line.block();
  for (const { name, blockMs } of lines) print(`${name.padEnd(10)} block ${row(blockMs)}`);
  for (const line of lines)
    print(`${line.name.padEnd(10)} getblocktxn of ${blocks} blocks: ${await line.asked()} bytes`);
  if (transactions > 0) {
    await Promise.all(lines.map((line) => line.relayTransactions()));
    for (const { name, transactionMs } of lines)
      print(`${name.padEnd(10)} transaction ${row(transactionMs)}`);
  }
} finally {
  for (const line of lines) await line.stop();
}
