import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Peer } from "@compeer/peer/peer";
import { findSignature } from "@compeer/protocol/rpc/find-signature";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { type RpcArgType, requiredCount } from "@compeer/protocol/rpc/signature";
import { mutate } from "../testing/mutate.ts";
import { callerOf } from "../testing/peers.ts";
import { Random } from "../testing/random.ts";

const CALLS_PER_METHOD = 80;
const SLOWEST_CALL_MS = 10_000;
/** They end the peer, wait by design, dial strangers, or write where they are told. */
const NOT_CALLED = new Set([
  "stop",
  "waitfornewblock",
  "waitforblock",
  "waitforblockheight",
  "addnode",
  "addconnection",
  "dumptxoutset",
  "setnetworkactive",
]);

/** Values that mean something to one method or another, and some that mean nothing to any. */
async function argumentPool(peer: Peer): Promise<unknown[]> {
  const caller = callerOf(peer);
  const tip = await caller.call<string>("getbestblockhash");
  const block = await caller.call<string>("getblock", tip, 0);
  const { tx } = await caller.call<{ tx: string[] }>("getblock", tip);
  const [txid = ""] = tx;
  const coinbase = block.slice(162);
  const key = "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5";
  const nested = JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`);
  return [
    ...[null, true, false, "", "abc", "-1", "1e400", "\u0000", "é\u{1f600}", "constructor"],
    ...[-1, 0, 1, 2, 101, 0.5, -0.1, 2 ** 31, 2 ** 53, 1e15, 1e300, -1e300],
    ...[tip, txid, "00".repeat(32), "zz".repeat(32), block, coinbase, coinbase.slice(0, -2), "00"],
    ...[[], [1], [null], {}, { a: 1 }, [[]], nested, { constructor: 1, toString: null }],
    ...["raw(51)", `pkh(${key})`, `raw(51)#00000000`, "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r"],
    ...[[tip], [txid], [key], [coinbase], { [txid]: 1 }, { data: "00" }, [{ data: "zz" }]],
    ...[[{ txid, vout: 0 }], [{ txid: 1, vout: "0" }], [{ txid, vout: -1, sequence: 2 ** 33 }]],
    ...[[{ desc: "raw(51)", range: [0, 2] }], [{ desc: "raw(51)", range: [2, 0] }], { range: "x" }],
    ...["start", "status", "abort", "all", "muhash", "hash_serialized_3", "none", "stats", "add"],
    ...[{ rules: ["segwit"] }, { mode: "proposal", data: block, rules: ["segwit"] }, { rules: 1 }],
    ...["127.0.0.1", "10.0.0.0/8", "::1", "999.1.1.1/-3", ["net", "xyz"], "net"],
  ];
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value !== "string" || !random.oneIn(6)) return value;
  return Buffer.from(mutate(Buffer.from(value, "latin1"), random)).toString("latin1");
}

/** Names in the list that `help` gives: one line a method, its name first. */
async function methodNames(peer: Peer): Promise<string[]> {
  const text = await callerOf(peer).call<string>("help");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("="));
  return lines
    .map((line) => line.split(" ")[0] ?? "")
    .concat("echo", "getrawaddrman", "sendmsgtopeer");
}

const TYPES: Readonly<Record<RpcArgType, (value: unknown) => boolean>> = {
  str: (value) => typeof value === "string",
  num: (value) => typeof value === "number",
  amount: (value) => typeof value === "number" || typeof value === "string",
  range: (value) => typeof value === "number" || Array.isArray(value),
  bool: (value) => typeof value === "boolean",
  arr: (value) => Array.isArray(value),
  obj: isObject,
  named: isObject,
};

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Mostly values of the types that the method wants, so that its own checks are reached. */
function argumentsFor(name: string, pool: readonly unknown[], random: Random): unknown[] {
  const args = findSignature(name)?.args ?? [];
  const least = requiredCount(args);
  const count = random.oneIn(8) ? random.below(6) : least + random.below(args.length - least + 1);
  return Array.from({ length: count }, (_, i) => {
    const fits = TYPES[args[i]?.type ?? "str"];
    const any = random.oneIn(10) || args[i]?.anyType === true;
    return changed(random.pick(any ? pool : pool.filter(fits)), random);
  });
}

/** Whatever a method throws that is no RpcError becomes code -1; of these types it is a mistake of ours. */
function isOurFault({ code, cause }: RpcError): boolean {
  const mistakes = [TypeError, RangeError, ReferenceError];
  return code === RpcErrorCode.misc && mistakes.some((type) => cause instanceof type);
}

it("any arguments to any method give a result or an RPC error, and the peer goes on", async (t) => {
  const random = new Random(380_389);
  await using peer = await Peer.start();
  const caller = callerOf(peer);
  await caller.call("generatetodescriptor", 101, "raw(51)");
  const pool = await argumentPool(peer);
  const names = (await methodNames(peer)).filter((name) => !NOT_CALLED.has(name));
  assert.ok(names.length > 60);
  const counts = { results: 0, errors: 0 };
  const faults: string[] = [];
  for (const name of names)
    for (let i = 0; i < CALLS_PER_METHOD; i++) {
      const args = argumentsFor(name, pool, random);
      const shown = `${name} ${JSON.stringify(args).slice(0, 300)}`;
      const late = sleep(SLOWEST_CALL_MS, "late", { ref: false });
      try {
        const answer = await Promise.race([peer.rpc(name, ...args), late]);
        if (answer === "late") faults.push(`too slow: ${shown}`);
        counts.results++;
      } catch (error) {
        assert.ok(error instanceof RpcError, `${shown}: ${error}`);
        assert.ok(Number.isInteger(error.code) && error.code < 0, shown);
        if (isOurFault(error)) faults.push(`${shown}: ${(error.cause as Error).stack}`);
        counts.errors++;
      }
    }
  assert.deepEqual(faults, []);
  assert.ok(counts.errors > 500 && counts.results > 500);
  assert.ok((await caller.call<number>("getblockcount")) >= 0);
  t.diagnostic(`${names.length} methods, ${counts.results} results, ${counts.errors} errors`);
});

it("any body posted to JSON-RPC gets an answer, and an error where it is no call", async (t) => {
  const random = new Random(20);
  const credentials = { rpcuser: "u", rpcpassword: "p" };
  await using peer = await Peer.start({ options: { ...credentials, server: true } });
  const url = `http://127.0.0.1:${peer.rpcPort}/`;
  const headers = { authorization: `Basic ${btoa("u:p")}` };
  const post = (body: Uint8Array | string): Promise<Response> =>
    fetch(url, { method: "POST", headers, body });
  const good = Buffer.from(
    '{"jsonrpc":"2.0","id":"1","method":"echo","params":[1,-2.5e3,"a\\u00e9",{"b":[null,true]}]}',
  );
  const deep = (depth: number): string =>
    `{"method":"echo","params":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  const bodies: (Uint8Array | string)[] = [
    ...["", " ", "null", "1", '"x"', "{}", "[]", "[[]]", "[{}]", '{"method":1}', "\u0000", "[1,"],
    ...[deep(400), deep(600), deep(100_000), "[".repeat(2_000_000), '{"a":'.repeat(100_000)],
    `{"method":"echo","params":[${"9".repeat(100_000)}]}`,
    `{"method":"getblockhash","params":[1e999999999]}`,
    `{"method":"getblockhash","params":[-0]}`,
    `{"method":"${"x".repeat(1_000_000)}"}`,
    `[${'{"method":"uptime"},'.repeat(2000)}1]`,
    '{"method":"uptime","__proto__":{"x":1},"params":{"constructor":1}}',
    Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
    ...Array.from({ length: 300 }, () => mutate(good, random)),
    ...Array.from({ length: 100 }, () => random.bytes(random.below(300))),
  ];
  const statuses = new Map<number, number>();
  for (const body of bodies) {
    const answer = await post(body);
    const text = await answer.text();
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    assert.ok([200, 204, 400, 404, 500].includes(answer.status), String(answer.status));
    if (answer.status === 204) continue;
    const reply = JSON.parse(text);
    if (answer.status !== 200) assert.ok(Number.isInteger(reply.error.code));
  }
  const last = await post('{"id":7,"method":"uptime"}');
  assert.equal(((await last.json()) as { id: number }).id, 7);
  t.diagnostic(`${bodies.length} bodies: ${JSON.stringify(Object.fromEntries(statuses))}`);
});
