import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseTorPairs, splitTorLine } from "./tor-reply.ts";

const pairs = (text: string): object => Object.fromEntries(parseTorPairs(text));

describe("parseTorPairs", () => {
  it("reads what a Tor daemon says of its authentication", () => {
    const [type, rest] = splitTorLine(
      'AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/home/x/.tor/control_auth_cookie"',
    );
    assert.equal(type, "AUTH");
    assert.deepEqual(pairs(rest), {
      METHODS: "COOKIE,SAFECOOKIE",
      COOKIEFILE: "/home/x/.tor/control_auth_cookie",
    });
  });

  it("undoes C's escapes as Core does", () => {
    assert.deepEqual(pairs('Foo="Bar\\ Baz"'), { Foo: "Bar Baz" });
    assert.deepEqual(pairs('Foo="Bar\\nBaz\\t"'), { Foo: "Bar\nBaz\t" });
    assert.deepEqual(pairs('Foo="Bar\\" Baz"'), { Foo: 'Bar" Baz' });
    assert.deepEqual(pairs('Foo="\\1a\\12z\\1234\\400"'), { Foo: "\x01a\nzS4 0" });
    assert.deepEqual(pairs("Foo=Bar=Baz Spam="), { Foo: "Bar=Baz", Spam: "" });
  });

  it("finds no pairs in what is no list of them", () => {
    for (const text of ["key", "AUTH", 'Foo="Bar', "=", ""]) assert.deepEqual(pairs(text), {});
  });

  it("ends on any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseTorPairs(text);
      }),
    );
  });
});
