import { Clock } from "@compeer/peer/clock/clock";
import { RpcAuth } from "@compeer/peer/serve/rpc/auth";
import { controlMethods } from "@compeer/peer/serve/rpc/control-methods";
import { RpcDispatcher } from "@compeer/peer/serve/rpc/dispatch";
import { rpcMethod } from "@compeer/peer/serve/rpc/method";
import { RpcServer } from "@compeer/peer/serve/rpc/server";
import { allowList } from "@compeer/peer/serve/rpc/subnets";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";

const GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

/** Where a server answers, and as whom to ask it. */
export interface GoldenServer {
  readonly url: URL;
  /** False for a real peer, which knows every method. */
  readonly withoutChain: boolean;
  close(): Promise<void>;
}

/**
 * The server to replay transcripts against: the peer that COMPEER_RPC names, as
 * `http://user:password@host:port`, a new regtest with -rest and all indexes; otherwise the real
 * HTTP server with the methods that need no chain, and a chain that is only a genesis block.
 */
export async function goldenServer(): Promise<GoldenServer> {
  const { COMPEER_RPC } = process.env;
  if (COMPEER_RPC !== undefined)
    return { url: new URL(COMPEER_RPC), withoutChain: false, close: async () => {} };
  const dispatcher = new RpcDispatcher();
  const clock = new Clock();
  dispatcher.add([
    rpcMethod("getblockcount", { description: "Height of the genesis block.", run: () => 0 }),
    rpcMethod("getblockhash", {
      description: "Hash of the genesis block.",
      run: ({ params }) => {
        if (params.int("height") === 0) return GENESIS;
        throw new RpcError(RpcErrorCode.invalidParameter, "Block height out of range");
      },
    }),
    ...controlMethods({
      dispatcher,
      clock,
      log: { path: null, categories: [], setCategories() {} },
      mockable: true,
      startedAt: clock.now(),
      requestStop() {},
      forwardScheduler() {},
    }),
  ]);
  dispatcher.ready();
  const server = new RpcServer({
    endpoints: [{ host: "127.0.0.1", port: 0 }],
    allowed: allowList([]),
    auth: new RpcAuth({
      passwords: [{ user: "__cookie__", password: "secret" }],
      hashed: [],
      whitelist: [],
    }),
    dispatcher,
    log: { info() {}, warning() {}, debug() {} },
    timeoutSeconds: 30,
    maxRequests: 80,
    hostNames: [],
    doors: [],
  });
  await server.listen();
  const url = new URL(`http://__cookie__:secret@127.0.0.1:${server.ports[0]}`);
  return { url, withoutChain: true, close: () => server.close() };
}
