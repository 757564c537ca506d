import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Json,
  JsonNumber,
  JsonObject,
  type JsonOut,
  member,
} from "@compeer/protocol/rpc/json";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import type { Session } from "./session.ts";

/** There is no peer to talk to, or not yet: worth another try. */
class NotConnected extends Error {
  override readonly name = "NotConnected";
}

const LONGEST_TIMER_SECONDS = 2_147_483;

/**
 * Sends a request, or a batch of them, and returns the answer, with `-rpcwait` as soon as there is one.
 * Core: ConnectAndCallRPC.
 *
 * @param wallet name of the wallet to ask; null asks the peer
 * @throws Error in Core's words when there is no answer
 */
export async function httpCall(
  session: Session,
  body: JsonOut,
  wallet: string | null = walletName(session),
): Promise<Json> {
  const waits = session.flag("rpcwait");
  const timeout = session.number("rpcwaittimeout", 0);
  const end = performance.now() + timeout * 1000;
  for (;;) {
    try {
      const answer = parseAnswer(await post(session, `${writeJson(body)}\n`, wallet));
      if (waits && isWarmingUp(answer)) throw new NotConnected("server in warmup");
      return answer;
    } catch (error) {
      if (!(error instanceof NotConnected)) throw error;
      if (!waits || (timeout > 0 && performance.now() >= end))
        throw new Error(`timeout on transient error: ${error.message}`);
      await sleep(1000);
    }
  }
}

/** The wallet that `-rpcwallet` names; null when it names none. */
export function walletName(session: Session): string | null {
  return session.isNegated("rpcwallet") ? null : (session.text("rpcwallet") ?? null);
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

async function post(session: Session, body: string, wallet: string | null): Promise<string> {
  const { host, port } = session.target();
  const credentials = session.credentials();
  const headers = {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    Authorization: `Basic ${Buffer.from(credentials ?? "").toString("base64")}`,
    Connection: "close",
  };
  const path = wallet === null ? "/" : `/wallet/${encodeURIComponent(wallet)}`;
  const seconds = Math.min(
    session.number("rpcclienttimeout", 900) || LONGEST_TIMER_SECONDS,
    LONGEST_TIMER_SECONDS,
  );
  const reply = await new Promise<Reply>((resolve, reject) => {
    const call = request(
      { host, port, path, method: "POST", headers, agent: false, timeout: seconds * 1000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => reject(notConnected(host, port)));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    call.on("timeout", () => call.destroy());
    call.on("error", () => reject(notConnected(host, port)));
    call.end(body);
  });
  return checkReply(session, reply, credentials !== null);
}

function notConnected(host: string, port: number): NotConnected {
  return new NotConnected(
    `Could not connect to the server ${host}:${port}\n\nMake sure the bitcoind server is running and that you are connecting to the correct RPC port.\nUse "bitcoin-cli -help" for more info.`,
  );
}

function checkReply(session: Session, { status, body }: Reply, hadCredentials: boolean): string {
  if (status === 401)
    throw new Error(
      hadCredentials
        ? "Authorization failed: Incorrect rpcuser or rpcpassword"
        : `Could not locate RPC credentials. No authentication cookie could be found, and RPC password is not set.  See -rpcpassword and -stdinrpcpass.  Configuration file: (${session.configPath})`,
    );
  if (status === 503) throw new Error(`Server response: ${body}`);
  if (status >= 400 && status !== 400 && status !== 404 && status !== 500)
    throw new Error(`server returned HTTP error ${status}`);
  if (body === "") throw new Error("no response from server");
  return body;
}

function parseAnswer(body: string): Json {
  try {
    return parseJson(body);
  } catch {
    throw new Error("couldn't parse reply from server");
  }
}

function isWarmingUp(answer: Json): boolean {
  const error = answer instanceof JsonObject ? member(answer, "error") : undefined;
  const code = error instanceof JsonObject ? member(error, "code") : undefined;
  return code instanceof JsonNumber && Number(code.text) === RpcErrorCode.inWarmup;
}
