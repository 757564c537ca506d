import assert from "node:assert/strict";
import { test } from "node:test";
import { VERIFY_STRICTENC } from "@compeer/protocol/script/flags";
import { decodeScriptNumber, encodeScriptNumber } from "@compeer/protocol/script/script-number";
import { checkSignatureEncoding } from "@compeer/protocol/script/signature-encoding";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

function hexOf(name: string): Buffer[] {
  const words = readJsonVector<string[]>(name).filter((word) => /^([0-9a-f]{2})+$/i.test(word));
  return words.map((word) => Buffer.from(word, "hex"));
}

test("canonical signatures pass STRICTENC", { skip: vectorsMissing }, (t) => {
  const signatures = hexOf("bitcoinjs/core/sig_canonical.json");
  for (const signature of signatures)
    assert.equal(checkSignatureEncoding(signature, VERIFY_STRICTENC), null);
  assert.equal(signatures.length, 5);
  t.diagnostic(`${signatures.length} signatures`);
});

test("C10: signatures that are not canonical fail STRICTENC", { skip: vectorsMissing }, (t) => {
  const signatures = hexOf("bitcoinjs/core/sig_noncanonical.json");
  for (const signature of signatures)
    assert.notEqual(
      checkSignatureEncoding(signature, VERIFY_STRICTENC),
      null,
      signature.toString("hex"),
    );
  assert.equal(signatures.length, 15);
  t.diagnostic(`${signatures.length} signatures`);
});

test("script numbers are those of bitcoinjs", { skip: vectorsMissing }, (t) => {
  const rows = readJsonVector<{ hex: string; number: number; bytes: number }[]>(
    "bitcoinjs/script_number.json",
  );
  for (const { hex, number, bytes } of rows) {
    assert.equal(Buffer.from(encodeScriptNumber(number)).toString("hex"), hex);
    assert.equal(decodeScriptNumber(Buffer.from(hex, "hex"), true, bytes), number);
  }
  t.diagnostic(`${rows.length} numbers`);
});
