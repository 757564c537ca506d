import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { formatAddress } from "@compeer/protocol/bitcoin/address";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { publicKey } from "@compeer/protocol/crypto/keys";
import { expandScripts, formatDescriptor } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { Random } from "../testing/random.ts";
import { RandomMiniscript } from "../testing/random-miniscript.ts";
import { RpcFailure } from "../testing/rpc-client.ts";

const REGTEST = networkByName("regtest");
const INTERNAL = encodeHex(publicKey(new Uint8Array(32).fill(99)));
const COUNT = 400;

/** The descriptor, or with what words there is none. */
function ours(text: string): Descriptor | string {
  try {
    return parseDescriptor(text, REGTEST)[0] as Descriptor;
  } catch (error) {
    assert.ok(error instanceof DecodeError, `${text}: ${error}`);
    return error.message;
  }
}

describe("random miniscripts", { skip: bitcoindMissing }, () => {
  let scratch: string;
  let node: NodeProcess;

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-descriptors-"));
    node = await startBitcoind(scratch);
  });

  after(async () => {
    await node.kill();
    rmSync(scratch, { recursive: true });
  });

  for (const context of ["wsh", "tapscript"] as const)
    it(`${context}: mean the same addresses as to bitcoind, or are refused in its words`, async (t) => {
      const random = new Random(context.length);
      let same = 0;
      for (let i = 0; i < COUNT; i++) {
        const inner = new RandomMiniscript(random, context).text(1 + random.below(4));
        const text = context === "wsh" ? `wsh(${inner})` : `tr(${INTERNAL},${inner})`;
        const descriptor = ours(text);
        const theirs = await node
          .call<{ descriptor: string }>("getdescriptorinfo", text)
          .catch((error: unknown) => {
            assert.ok(error instanceof RpcFailure, String(error));
            return error.message.replace("getdescriptorinfo: ", "");
          });
        if (typeof descriptor === "string" || typeof theirs === "string") {
          assert.equal(descriptor, theirs, text);
          continue;
        }
        assert.equal(formatDescriptor(descriptor), theirs.descriptor);
        const [address] = await node.call<string[]>("deriveaddresses", theirs.descriptor);
        const [script] = expandScripts(descriptor, 0);
        assert.equal(script && formatAddress(script, REGTEST), address, text);
        same++;
      }
      assert.ok(same > COUNT / 5 && same < COUNT, `${same} understood`);
      t.diagnostic(`${same} understood by both, ${COUNT - same} refused in the same words`);
    });
});
