import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { describe, it } from "node:test";
import { sessionCookie, sessionSecrets } from "./session-cookie.ts";

const CHROME =
  "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
const SAFARI =
  "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15";

function requestWith(headers: Record<string, string>, localPort = 18463): IncomingMessage {
  return {
    headers: { host: "127.0.0.1:18463", ...headers },
    socket: { localPort },
  } as unknown as IncomingMessage;
}

describe("sessionCookie", () => {
  it("is one that no other host and no script can read or set, and names its port", () => {
    const cookie = sessionCookie(requestWith({ "user-agent": CHROME }), "abc");
    assert.equal(
      cookie,
      "__Host-compeer-18463=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000; Secure",
    );
    assert.match(
      sessionCookie(requestWith({}), ""),
      /^__Host-compeer-18463=; .*Max-Age=0; Secure$/,
    );
  });

  it("is a plain one where browsers would drop a secure one", () => {
    const plain = "compeer-18463=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000";
    assert.equal(sessionCookie(requestWith({ "user-agent": SAFARI }), "abc"), plain);
    assert.equal(sessionCookie(requestWith({ host: "192.168.0.7:18463" }), "abc"), plain);
  });
});

describe("sessionSecrets", () => {
  it("reads the cookies of this port and no others", () => {
    const cookie =
      "a=1; __Host-compeer-18463=xyz;compeer-18463=uvw; __Host-compeer-1=no; compeer-18463x=no";
    assert.deepEqual(sessionSecrets(requestWith({ cookie })), ["xyz", "uvw"]);
    assert.deepEqual(sessionSecrets(requestWith({})), []);
    assert.deepEqual(sessionSecrets(requestWith({ cookie: ";=;;compeer-18463" })), []);
  });
});
