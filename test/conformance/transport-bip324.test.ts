import assert from "node:assert/strict";
import { it } from "node:test";
import { MAIN } from "@compeer/protocol/bitcoin/networks/main";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import type { Aead } from "@compeer/protocol/crypto/aead";
import { openCipherContexts } from "@compeer/protocol/crypto/node/cipher-contexts";
import { cipherObjects } from "@compeer/protocol/crypto/node/cipher-objects";
import { decodeSwift, swiftInverse } from "@compeer/protocol/crypto/swift-encoding";
import { V2_IGNORE, V2Cipher } from "@compeer/protocol/wire/v2-cipher";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

const NOTHING = new Uint8Array(0);

/** Every machine that the tests run on has both. */
const cipherContexts = openCipherContexts() as Aead;

type Row = Readonly<Record<string, string | undefined>>;

/** Rows of one file of BIP324's, by the names in its first line. */
function readRows(name: string): readonly Row[] {
  const text = readVector(`bips/bip-0324/${name}_test_vectors.csv`).toString("utf8");
  const [first, ...lines] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries((first ?? []).map((key, i) => [key, cells[i]])));
}

function cell(row: Row, key: string): string {
  const text = row[key];
  assert.ok(text !== undefined, `no column ${key}`);
  return text;
}

function bytes(row: Row, key: string): Uint8Array {
  return decodeHex(cell(row, key));
}

function number(row: Row, key: string): bigint {
  return BigInt(`0x${cell(row, key)}`);
}

it("decodes BIP324's ElligatorSwift encodings", { skip: vectorsMissing }, () => {
  const rows = readRows("ellswift_decode");
  assert.ok(rows.length > 70);
  for (const row of rows)
    assert.equal(
      encodeHex(decodeSwift(bytes(row, "ellswift"))),
      cell(row, "x"),
      cell(row, "comment"),
    );
});

it("finds BIP324's ElligatorSwift encodings by all eight branches", {
  skip: vectorsMissing,
}, () => {
  const rows = readRows("xswiftec_inv");
  assert.ok(rows.length > 30);
  for (const row of rows)
    for (let branch = 0; branch < 8; branch++) {
      const t = swiftInverse(number(row, "x"), number(row, "u"), branch);
      const text = t === null ? "" : t.toString(16).padStart(64, "0");
      assert.equal(text, cell(row, `case${branch}_t`), `${cell(row, "comment")}: ${branch}`);
    }
});

for (const [name, aead] of Object.entries({ cipherObjects, cipherContexts }))
  it(`derives BIP324's keys and makes its packets, by ${name}`, { skip: vectorsMissing }, () => {
    const rows = readRows("packet_encoding");
    assert.ok(rows.length > 5);
    for (const row of rows) checkPacket(row, aead);
  });

function checkPacket(row: Row, aead: Aead): void {
  const keys = { secret: bytes(row, "in_priv_ours"), encoded: bytes(row, "in_ellswift_ours") };
  const initiating = cell(row, "in_initiating") === "1";
  const theirs = bytes(row, "in_ellswift_theirs");
  assert.equal(encodeHex(decodeSwift(keys.encoded)), cell(row, "mid_x_ours"));
  assert.equal(encodeHex(decodeSwift(theirs)), cell(row, "mid_x_theirs"));
  const cipher = new V2Cipher(keys, theirs, initiating, MAIN.magic, aead);
  assert.equal(encodeHex(cipher.sendTerminator), cell(row, "mid_send_garbage_terminator"));
  assert.equal(encodeHex(cipher.receiveTerminator), cell(row, "mid_recv_garbage_terminator"));
  assert.equal(encodeHex(cipher.sessionId), cell(row, "out_session_id"));

  for (let i = 0; i < Number(cell(row, "in_idx")); i++) cipher.seal(NOTHING, NOTHING, NOTHING);
  const once = bytes(row, "in_contents");
  const contents = concatBytes(...Array(Number(cell(row, "in_multiply"))).fill(once));
  const header = cell(row, "in_ignore") === "1" ? V2_IGNORE : 0;
  const half = contents.length >> 1;
  const packet = encodeHex(
    cipher.seal(contents.subarray(0, half), contents.subarray(half), bytes(row, "in_aad"), header),
  );
  const whole = cell(row, "out_ciphertext");
  if (whole !== "") assert.equal(packet, whole);
  assert.ok(packet.endsWith(cell(row, "out_ciphertext_endswith")));
}
