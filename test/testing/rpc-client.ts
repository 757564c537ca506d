import { readFileSync } from "node:fs";
import { request } from "node:http";

/** An error that a node answered. */
export class RpcFailure extends Error {
  readonly code: number;

  constructor(method: string, code: number, message: string) {
    super(`${method}: ${message}`);
    this.code = code;
  }
}

/** Asks one node over HTTP, as whoever its cookie names; a new connection for every call. */
export class RpcClient {
  readonly #port: number;
  readonly #cookieFile: string;
  readonly #path: string;

  constructor(port: number, cookieFile: string, path = "/") {
    this.#port = port;
    this.#cookieFile = cookieFile;
    this.#path = path;
  }

  /** The same node, asked about one of its wallets. */
  wallet(name: string): RpcClient {
    return new RpcClient(this.#port, this.#cookieFile, `/wallet/${encodeURIComponent(name)}`);
  }

  /** @throws RpcFailure with what the node answered */
  async call<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    const { result, error } = JSON.parse(await this.answer(method, ...params)) as {
      result: T;
      error: { code: number; message: string } | null;
    };
    if (error !== null) throw new RpcFailure(method, error.code, error.message);
    return result;
  }

  /** The whole answer as it came: result and error, every digit and the order of all members. */
  answer(method: string, ...params: readonly unknown[]): Promise<string> {
    const body = JSON.stringify({ method, params, id: 1 });
    const auth = readFileSync(this.#cookieFile, "utf8");
    const host = "127.0.0.1";
    return new Promise((resolve, reject) => {
      const where = { host, port: this.#port, path: this.#path };
      const options = { ...where, method: "POST", auth, agent: false };
      const call = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          if (text.startsWith("{")) resolve(text);
          else reject(new Error(`${method}: HTTP status ${response.statusCode} ${text}`));
        });
      });
      call.on("error", reject);
      call.end(body);
    });
  }
}
