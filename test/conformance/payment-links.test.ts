import assert from "node:assert/strict";
import { test } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { formatLabelRecords, parseLabelRecords } from "@compeer/protocol/wallet/label-record";
import { parsePaymentLink } from "@compeer/protocol/wallet/payment-link";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

/** The addresses of the examples are none, on purpose: these stand in for them. */
function withRealAddresses(link: string): string {
  return link
    .replace("175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")
    .replaceAll(/\bbc1[a-z0-9]+/g, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
    .replaceAll(/\bBC1[A-Z0-9]+/g, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4")
    .replaceAll(/\btb1[a-z0-9]+/g, "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx");
}

/** Lines that are links, by the heading above them. */
function linksOf(name: string): { heading: string; link: string }[] {
  const links: { heading: string; link: string }[] = [];
  let heading = "";
  for (const line of readVector(name).toString("utf8").split("\n")) {
    if (line.startsWith("====")) heading = line.replaceAll("=", "").trim();
    if (/^ bitcoin:/i.test(line)) links.push({ heading, link: line.trim() });
  }
  return links;
}

for (const name of ["bips/inline/bip-0021.txt", "bips/inline/bip-0321.txt"])
  test(`the example links of ${name} are taken or refused as it says`, {
    skip: vectorsMissing,
  }, () => {
    const links = linksOf(name);
    assert.ok(links.length >= 6);
    for (const { heading, link } of links) {
      const network = networkByName(link.includes("?tb=") ? "test" : "main");
      const parsed = parsePaymentLink(withRealAddresses(link), network);
      const refused = heading === "Invalid URIs" || link.includes("req-");
      assert.equal("fault" in parsed, refused, `${link}: ${JSON.stringify(parsed)}`);
      const amount = /amount=([0-9.]+)/.exec(link)?.[1];
      if (!("fault" in parsed))
        assert.equal(parsed.amount, amount === undefined ? null : Math.round(Number(amount) * 1e8));
    }
  });

test("the example of BIP329 comes back as it was", {
  skip: vectorsMissing,
}, () => {
  const lines = readVector("bips/inline/bip-0329.txt")
    .toString("utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"));
  const { records, problems } = parseLabelRecords(lines.join("\n"));
  assert.deepEqual(problems, []);
  assert.equal(records.length, 8);
  const written = formatLabelRecords(records).trim().split("\n");
  assert.deepEqual(
    written.map((line) => JSON.parse(line)),
    lines.map((line) => JSON.parse(line)),
  );
});
