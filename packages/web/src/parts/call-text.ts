import type { RpcCall } from "../rpc.ts";

/** Ports of JSON-RPC as bitcoind has them. */
const PORTS: Readonly<Record<string, number>> = {
  main: 8332,
  test: 18332,
  testnet4: 48332,
  signet: 38332,
  regtest: 18443,
};

/** The call as one types it: `compeer-cli -regtest getblockhash 7`. */
export function callAsCommand({ method, params = [], wallet }: RpcCall, chain: string): string {
  const words = ["compeer-cli"];
  if (chain !== "main") words.push(`-chain=${chain}`);
  if (wallet !== undefined) words.push(quote(`-rpcwallet=${wallet}`));
  if (isList(params)) return [...words, method, ...params.map(word)].join(" ");
  const named = Object.entries(params).map(([name, value]) => quote(`${name}=${plain(value)}`));
  return [...words, "-named", method, ...named].join(" ");
}

/** The call as a request of curl; it asks for the password. */
export function callAsCurl(call: RpcCall, chain: string): string {
  return `curl --user __cookie__ --data ${quote(body(call))} ${address(call, chain)}`;
}

/** The call as a program's request. */
export function callAsScript(call: RpcCall, chain: string): string {
  return [
    `const answer = await fetch("${address(call, chain)}", {`,
    `  method: "POST",`,
    `  headers: { Authorization: "Basic " + btoa("__cookie__:" + password) },`,
    `  body: JSON.stringify(${body(call)}),`,
    `});`,
    `const { result, error } = await answer.json();`,
  ].join("\n");
}

function body({ method, params = [] }: RpcCall): string {
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
}

function address({ wallet }: RpcCall, chain: string): string {
  const path = wallet === undefined ? "" : `wallet/${encodeURIComponent(wallet)}`;
  return `http://127.0.0.1:${PORTS[chain] ?? 8332}/${path}`;
}

function isList(params: NonNullable<RpcCall["params"]>): params is readonly unknown[] {
  return Array.isArray(params);
}

function word(value: unknown): string {
  return quote(plain(value));
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function quote(text: string): string {
  return /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
