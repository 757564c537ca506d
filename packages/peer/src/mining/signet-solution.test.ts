import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { encodeSecretKey } from "@compeer/protocol/bitcoin/wif";
import { checkSignetSolution } from "@compeer/protocol/consensus/signet";
import { publicKey } from "@compeer/protocol/crypto/keys";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { OP_1, OP_2, OP_3, OP_CHECKMULTISIG } from "@compeer/protocol/script/opcodes";
import { ANYONE_SCRIPT } from "../mempool/testing/ledger.ts";
import { withNonce } from "./build-block.ts";
import { blockSigner } from "./signet-solution.ts";
import { openRegtest } from "./testing/regtest-peer.ts";

const secrets = [1, 2, 3].map((i) => new Uint8Array(32).fill(i));
const twoOfThree = scriptOf(OP_2, ...secrets.map((s) => publicKey(s)), OP_3, OP_CHECKMULTISIG);

function signetOf(challenge: Uint8Array): Network {
  return networkByName("signet", { signetChallenge: challenge });
}

function wifs(network: Network, count: number): string[] {
  return secrets
    .slice(0, count)
    .map((secret) => encodeSecretKey({ secret, compressed: true }, network));
}

async function someBlock(): Promise<Block> {
  const { miner } = await openRegtest();
  return (await miner.template(ANYONE_SCRIPT)).block;
}

describe("blockSigner", () => {
  it("solves a challenge of two signatures out of three, whatever the nonce will be", async () => {
    const network = signetOf(twoOfThree);
    const block = await someBlock();
    assert.equal(checkSignetSolution(block, network)?.reason, "bad-signet-blksig");
    const signed = blockSigner(network, wifs(network, 2))?.(block) as Block;
    assert.equal(checkSignetSolution(signed, network), null);
    assert.equal(checkSignetSolution(withNonce(signed, 12345), network), null);
  });

  it("signs the time as well", async () => {
    const network = signetOf(twoOfThree);
    const signed = blockSigner(network, wifs(network, 2))?.(await someBlock()) as Block;
    const header = { ...signed.header, time: signed.header.time + 1 };
    const later = { ...signed, header };
    assert.equal(checkSignetSolution(later, network)?.reason, "bad-signet-blksig");
  });

  it("meets a challenge that anyone meets without a key", async () => {
    const network = signetOf(scriptOf(OP_1));
    const signed = blockSigner(network, [])?.(await someBlock()) as Block;
    assert.equal(checkSignetSolution(signed, network), null);
  });

  it("says that its keys do not suffice", async () => {
    const network = signetOf(twoOfThree);
    const sign = blockSigner(network, wifs(network, 1));
    const block = await someBlock();
    assert.throws(() => sign?.(block), /do not meet the signet's challenge/);
  });

  it("refuses a key of another network and signs nothing where no block is signed", () => {
    const network = signetOf(twoOfThree);
    assert.throws(() => blockSigner(network, wifs(networkByName("main"), 1)));
    assert.equal(blockSigner(networkByName("regtest"), []), null);
  });
});
