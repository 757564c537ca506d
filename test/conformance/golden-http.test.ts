import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import { absent, countAbsent, type GoldenServer, goldenServer } from "../testing/golden-server.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Row {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly body: string | null;
    readonly headers: Readonly<Record<string, string>> | null;
    readonly auth: string | null;
  };
  readonly response: {
    readonly status: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** Where we mean to answer otherwise than Core, and with what status. */
const OUR_STATUS: Readonly<Record<string, number>> = {
  // A page of another origin is refused (CVE-2018-6353).
  "foreign Host": 403,
  // libevent says 501 with a page of its own.
  OPTIONS: 405,
};
/** Members that tell of the moment or the machine. */
const VOLATILE = /"(verificationprogress|size_on_disk|warnings)":[^,}]*/g;

const rows = vectorsMissing === false ? readJsonVector<Row[]>("core/golden/http.json") : [];

describe("transcripts of bitcoind's HTTP server", { skip: vectorsMissing }, () => {
  let server: GoldenServer;
  before(async () => {
    server = await goldenServer();
  });
  after(() => server.close());

  it("are 92, 43 of them about parts that are absent so far", () => {
    assert.equal(rows.length, 92);
    assert.deepEqual(countAbsent(rows, absentPart), { REST: 41, wallet: 2 });
  });

  for (const row of rows) {
    it(row.name, { skip: absent(absentPart(row)) }, async () => {
      const { status, type, authenticate, body } = await send(server.url, row);
      const ours = OUR_STATUS[row.name];
      assert.equal(status, ours ?? Number(row.response.status.split(" ")[1]));
      if (ours !== undefined) return;
      assert.equal(comparable(body), comparable(row.response.body));
      assert.equal(authenticate, row.response.headers["WWW-Authenticate"]);
      const expectedType = row.response.headers["Content-Type"];
      if (body !== "" && !expectedType?.startsWith("text/html")) assert.equal(type, expectedType);
    });
  }
});

/** What the row asks and we do not have yet; null for what is there. */
function absentPart({ request: { path, body } }: Row): "REST" | "wallet" | null {
  if (path.startsWith("/rest")) return "REST";
  return /"getbalance"/.test(body ?? "") ? "wallet" : null;
}

/** Help texts are in our own words: their first line counts. */
function comparable(body: string): string {
  const stable = body.replace(VOLATILE, '"$1":…');
  return stable.replace(/("code":-1,"message":".*?\\n)\\n.*?(?="\}(,"id"|\}))/s, "$1…");
}

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly authenticate: string | undefined;
  readonly body: string;
}

function send(url: URL, { request: { method, path, body, headers, auth } }: Row): Promise<Answer> {
  const ours = `Basic ${btoa(`${url.username}:${decodeURIComponent(url.password)}`)}`;
  const authorization = auth === "cookie" ? ours : auth;
  const all = { ...headers, ...(authorization === null ? {} : { authorization }) };
  const { hostname: host, port } = url;
  return new Promise((resolve, reject) => {
    const call = request({ host, port, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"],
          authenticate: response.headers["www-authenticate"],
          body: Buffer.concat(chunks).toString("latin1"),
        }),
      );
    });
    call.on("error", reject);
    call.end(body ?? undefined);
  });
}
