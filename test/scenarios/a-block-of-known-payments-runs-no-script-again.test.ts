import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";

/** A secret key of regtest. */
const KEY = "cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA";
const PAYMENTS = 60;
const MATURE = 100;
const FEE = 0.0001;

describe("A block of payments", () => {
  it("costs no signature check where all of them wait in the mempool, and one each where none does", async () => {
    // One thread, so that every check is done, and counted, in this one.
    const options = { par: 1 };
    await using knows = await Peer.start({ options });
    await using learns = await Peer.start({ options });
    const checks = mock.method(signatureBackend(), "verifyEcdsa");
    try {
      const [address] = (await knows.rpc("deriveaddresses", await descriptor(knows))) as [string];
      await knows.rpc("generatetoaddress", PAYMENTS + MATURE, address);
      for (let height = 1; height <= PAYMENTS + MATURE; height++)
        await copyBlock(knows, learns, height);
      for (let height = 1; height <= PAYMENTS; height++)
        await knows.rpc("sendrawtransaction", await payment(knows, height, address));
      const before = checks.mock.callCount();
      await knows.rpc("generatetoaddress", 1, address);
      assert.deepEqual(await knows.rpc("getrawmempool"), []);
      assert.equal(checks.mock.callCount() - before, 0);
      await copyBlock(knows, learns, PAYMENTS + MATURE + 1);
      assert.equal(checks.mock.callCount() - before, PAYMENTS);
    } finally {
      checks.mock.restore();
    }
  });
});

async function descriptor(peer: Peer): Promise<string> {
  const text = `wpkh(${KEY})`;
  const { checksum } = (await peer.rpc("getdescriptorinfo", text)) as { checksum: string };
  return `${text}#${checksum}`;
}

/** A signed payment of the reward of a block. */
async function payment(peer: Peer, height: number, address: string): Promise<string> {
  const hash = await peer.rpc("getblockhash", height);
  const { tx } = (await peer.rpc("getblock", hash, 2)) as { tx: readonly [Coinbase] };
  const { txid, vout } = tx[0];
  const { value, scriptPubKey } = vout[0];
  const outputs = [{ [address]: Number((value - FEE).toFixed(8)) }];
  const raw = await peer.rpc("createrawtransaction", [{ txid, vout: 0 }], outputs);
  const coin = { txid, vout: 0, amount: value, scriptPubKey: scriptPubKey.hex };
  const signed = await peer.rpc("signrawtransactionwithkey", raw, [KEY], [coin]);
  const { hex, complete } = signed as { hex: string; complete: boolean };
  assert.equal(complete, true);
  return hex;
}

interface Coinbase {
  readonly txid: string;
  readonly vout: readonly [{ readonly value: number; readonly scriptPubKey: { hex: string } }];
}

async function copyBlock(from: Peer, to: Peer, height: number): Promise<void> {
  const hash = await from.rpc("getblockhash", height);
  assert.equal(await to.rpc("submitblock", await from.rpc("getblock", hash, 0)), null);
}
