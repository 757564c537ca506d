import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blockTxid, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { type ExpandedScript, expandDescriptor } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { openRegtest, type RegtestPeer } from "../../mining/testing/regtest-peer.ts";
import { Params } from "./params.ts";
import { psbtMethods } from "./psbt-methods.ts";

const SECRET = "cP53pDbR5WtAD8dYAW9hhTjuvvTVaEiQBdrz9XPrgLBeRFiyCbQr";
const OTHER = "cR6SXDoyfQrcp4piaiHE97Rsgta9mNhGTen9XeonVgwsh4iSgw6d";
const DATA = [{ data: "00010203" }];

interface Processed {
  readonly psbt: string;
  readonly complete: boolean;
}

async function open() {
  const peer = await openRegtest();
  const methods = new Map(psbtMethods(peer).map((method) => [method.name, method]));
  const call = async <T>(name: string, ...args: JsonOut[]): Promise<T> => {
    const method = methods.get(name);
    if (method === undefined) throw new Error(`no method ${name}`);
    const params = new Params(method.args, parseJson(writeJson(args)) as readonly Json[]);
    const { signal } = new AbortController();
    const answer = await method.run({ params, signal, wallet: null, user: "test" });
    return JSON.parse(writeJson(answer)) as T;
  };
  const fails = (code: number, message: RegExp, name: string, ...args: JsonOut[]) =>
    assert.rejects(call(name, ...args), (error) => {
      assert.ok(error instanceof RpcError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
  return { peer, call, fails };
}

/** A mature coin that pays the descriptor. */
async function minedTo(peer: RegtestPeer, descriptor: string) {
  const [parsed] = parseDescriptor(descriptor, peer.chain.network, false);
  const { script } = expandDescriptor(parsed as Descriptor, 0)[0] as ExpandedScript;
  await peer.miner.generate(1, script, 1_000_000);
  const { chain } = peer;
  const block = decodeBlock((await chain.readBlock(chain.tip)) as Uint8Array);
  await peer.miner.generate(100, Uint8Array.of(0x51), 1_000_000);
  return { txid: formatHash(blockTxid(block, 0)), vout: 0 };
}

function outpoint(byte: string, vout = 0): { txid: string; vout: number } {
  return { txid: byte.repeat(32), vout };
}

describe("PSBT methods", () => {
  it("create, decode and convert", async () => {
    const { call } = await open();
    const psbt = await call<string>("createpsbt", [outpoint("11")], DATA, 5);
    const version2 = await call<string>("convertpsbt", psbt, 2);
    type Decoded = { tx: { locktime: number; txid: string }; psbt_version: number };
    const [one, two] = [
      await call<Decoded>("decodepsbt", psbt),
      await call<Decoded>("decodepsbt", version2),
    ];
    assert.deepEqual([one.psbt_version, two.psbt_version], [0, 2]);
    assert.deepEqual(one.tx, two.tx);
    assert.equal(await call("convertpsbt", version2, 0), psbt);
    assert.equal(
      await call("converttopsbt", "02000000000000000000"),
      "cHNidP8BAAoCAAAAAAAAAAAAAA==",
    );
  });

  it("refuse a transaction that is signed, unless told otherwise", async () => {
    const { call, fails } = await open();
    const signed = `0200000001${"11".repeat(32)}000000000151ffffffff010000000000000000016a00000000`;
    await fails(-22, /^Inputs must not have scriptSigs/, "converttopsbt", signed);
    assert.ok(await call("converttopsbt", signed, true));
  });

  it("join PSBTs that spend different coins", async () => {
    const { call, fails } = await open();
    const first = await call<string>("createpsbt", [outpoint("11")], DATA, 7);
    const second = await call<string>("createpsbt", [outpoint("22"), outpoint("33")], DATA, 5);
    type Decoded = { tx: { vin: { txid: string }[]; vout: unknown[]; locktime: number } };
    const { tx } = await call<Decoded>("decodepsbt", await call("joinpsbts", [first, second]));
    const spent = tx.vin.map(({ txid }) => txid.slice(0, 2)).sort();
    assert.deepEqual([spent, tx.vout.length, tx.locktime], [["11", "22", "33"], 2, 5]);
    const twice = new RegExp(`^Input ${"11".repeat(32)}:0 exists in multiple PSBTs$`);
    await fails(-8, twice, "joinpsbts", [first, first]);
    await fails(-8, /^At least two PSBTs are required/, "joinpsbts", [first]);
    await fails(-8, /different transactions/, "combinepsbt", [first, second]);
    await fails(-8, /cannot be empty/, "combinepsbt", []);
  });

  it("refuse what is no PSBT", async () => {
    const { fails } = await open();
    for (const name of ["decodepsbt", "finalizepsbt", "analyzepsbt", "utxoupdatepsbt"]) {
      await fails(-22, /^TX decode failed invalid base64$/, name, "not base64");
      await fails(-22, /^TX decode failed Invalid PSBT magic bytes$/, name, "AAAAAAAA");
    }
  });

  it("find a coin, sign it in two halves and hand out the transaction", async () => {
    const { peer, call, fails } = await open();
    const descriptor = `wsh(multi(2,${SECRET},${OTHER}))`;
    const coin = await minedTo(peer, descriptor);
    const blank = await call<string>("createpsbt", [coin], DATA);
    const halves: string[] = [];
    for (const secret of [SECRET, OTHER]) {
      const known = await call<string>("utxoupdatepsbt", blank, [descriptor]);
      const half = await call<Processed>("descriptorprocesspsbt", known, [`pk(${secret})`]);
      assert.equal(half.complete, false);
      halves.push(half.psbt);
    }
    type Analysis = { next: string; inputs: { next: string }[] };
    assert.equal((await call<Analysis>("analyzepsbt", halves[0] as string)).next, "signer");
    const combined = await call<string>("combinepsbt", halves);
    assert.equal((await call<Analysis>("analyzepsbt", combined)).next, "finalizer");
    const { hex, complete } = await call<{ hex: string; complete: boolean }>(
      "finalizepsbt",
      combined,
    );
    assert.equal(complete, true);
    assert.ok(hex.length > 0);
    const types = "Specified sighash value does not match value stored in PSBT";
    const single = await call<Processed>(
      "descriptorprocesspsbt",
      blank,
      [descriptor],
      "SINGLE",
      true,
      false,
    );
    await fails(-22, new RegExp(types), "descriptorprocesspsbt", single.psbt, [descriptor], "ALL");
    await fails(-8, /^'X' is not a valid sighash/, "descriptorprocesspsbt", blank, [], "X");
  });
});
