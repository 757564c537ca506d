import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { Peer } from "@compeer/peer/peer";

/** An answer over HTTP. */
export class PageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;

  constructor(status: number, headers: IncomingHttpHeaders, text: string) {
    this.status = status;
    this.headers = headers;
    this.text = text;
  }

  json<T>(): T {
    return JSON.parse(this.text) as T;
  }
}

interface PageRequest {
  readonly body?: string;
  readonly type?: string;
  /** Beside the session's; "" leaves one out. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A browser that is logged in to a peer's page, without the browser. */
export class PageClient {
  readonly csrf: string;
  readonly #base: string;
  readonly #cookie: string;

  private constructor(base: string, cookie: string, csrf: string) {
    this.#base = base;
    this.#cookie = cookie;
    this.csrf = csrf;
  }

  static async login(peer: Peer, scope = "spend"): Promise<PageClient> {
    const base = peer.pageUrl;
    if (base === null) throw new Error("the peer serves no page");
    const { url } = (await peer.rpc("createpagelink", scope)) as { url: string };
    const stranger = new PageClient(base, "", "");
    const answer = await stranger.post("/api/login", { token: url.split("#")[1] });
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    const { csrf } = answer.json<{ csrf: string }>();
    return new PageClient(base, cookie.split(";", 1)[0] ?? "", csrf);
  }

  post(
    path: string,
    value: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PageAnswer> {
    return this.send("POST", path, { body: JSON.stringify(value), headers });
  }

  async answer(
    method: string,
    params: readonly unknown[] = [],
    wallet?: string,
  ): Promise<RpcAnswer> {
    const path = wallet === undefined ? "" : `/wallet/${encodeURIComponent(wallet)}`;
    const answer = await this.post(`/api/rpc${path}`, { jsonrpc: "2.0", id: 1, method, params });
    return answer.json<RpcAnswer>();
  }

  /** @throws Error with the words of a refusal */
  async call(method: string, params: readonly unknown[] = [], wallet?: string): Promise<unknown> {
    const { result, error } = await this.answer(method, params, wallet);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async send(method: string, path: string, options: PageRequest): Promise<PageAnswer> {
    const response = await this.#request(method, path, options);
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    return new PageAnswer(response.statusCode ?? 0, response.headers, text);
  }

  /** Opens the event stream; with an id, as one that comes back. */
  async stream(topics: string, lastId = ""): Promise<PageStream> {
    const headers = lastId === "" ? {} : { "last-event-id": lastId };
    const response = await this.#request("GET", `/api/stream?topics=${topics}`, { headers });
    if (response.statusCode !== 200) throw new Error(`the stream answers ${response.statusCode}`);
    return new PageStream(response);
  }

  #request(
    method: string,
    path: string,
    { body, type = "application/json", headers = {} }: PageRequest,
  ): Promise<IncomingMessage> {
    const { hostname, port } = new URL(this.#base);
    const all: Record<string, string> = {
      cookie: this.#cookie,
      "x-compeer-csrf": this.csrf,
      ...(body === undefined ? {} : { "content-type": type }),
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
    return new Promise((resolve, reject) => {
      const call = request({ hostname, port, path, method, headers: given, agent: false }, resolve);
      call.on("error", reject);
      call.end(body);
    });
  }
}

interface StreamEvent {
  readonly topic: string;
  readonly data: unknown;
}

/** An open event stream. */
export class PageStream {
  /** Resolves when the peer ends it. */
  readonly ended: Promise<void>;
  lastId = "";
  readonly #response: IncomingMessage;
  readonly #events: StreamEvent[] = [];
  #rest = "";
  #wake: () => void = () => undefined;

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.#take(text));
    response.on("error", () => undefined);
    this.ended = new Promise((resolve) => response.once("close", resolve));
  }

  /** The next message of a topic; those of others before it are dropped. */
  async next<T>(topic: string): Promise<T> {
    for (;;) {
      const event = this.#events.shift();
      if (event === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      else if (event.topic === topic) return event.data as T;
    }
  }

  close(): void {
    this.#response.destroy();
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split("\n\n");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) {
      const field = (name: string): string | undefined =>
        new RegExp(`^${name}: (.*)$`, "m").exec(part)?.[1];
      const [topic, data] = [field("event"), field("data")];
      if (topic === undefined || data === undefined) continue;
      this.lastId = field("id") ?? this.lastId;
      this.#events.push({ topic, data: JSON.parse(data) });
    }
    this.#wake();
  }
}
