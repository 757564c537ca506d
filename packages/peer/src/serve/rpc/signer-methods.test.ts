import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { parseAddress } from "@compeer/protocol/bitcoin/address";
import { hashKey, parseHash } from "@compeer/protocol/bytes/hash";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { SILENT_LOG } from "../../mempool/testing/regtest-chain.ts";
import { openRegtest, type RegtestPeer } from "../../mining/testing/regtest-peer.ts";
import { OUTPUT_TYPES } from "../../wallet/output-type.ts";
import { type SignerMood, signerCommandOf } from "../../wallet/signer/testing/signer-program.ts";
import { WalletManager } from "../../wallet/wallet-manager.ts";
import { DEFAULT_WALLET_OPTIONS } from "../../wallet/wallet-options.ts";
import { allWalletMethods } from "./all-wallet-methods.ts";
import type { RpcMethod } from "./method.ts";
import { Params } from "./params.ts";
import { signerMethods } from "./signer-methods.ts";

const FOREIGN = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
const WALLET = "device";

describe("a wallet whose keys lie in a device", () => {
  const options = {
    ...{ ...DEFAULT_WALLET_OPTIONS, keypool: 5, fallbackRate: 20_000 },
    signer: null as string | null,
  };
  let peer: RegtestPeer;
  let manager: WalletManager;
  let methods: readonly RpcMethod[];

  before(async () => {
    peer = await openRegtest();
    manager = new WalletManager({
      ...{ chain: peer.chain, mempool: peer.mempool, clock: peer.clock, log: SILENT_LOG, options },
      ...{ fees: null, relay: () => {}, notify: () => {}, directory: null, startup: null },
    });
    methods = allWalletMethods({ wallets: manager, chain: peer.chain });
    connect("honest");
    await make(WALLET);
    await mine(1, await call("getnewaddress"));
    for (const type of OUTPUT_TYPES) await mine(1, await call("getnewaddress", "", type));
    await mine(100, FOREIGN);
  });

  after(async () => {
    await manager.close();
    await peer.chain.close();
  });

  beforeEach(() => connect("honest"));

  async function mine(count: number, address: string): Promise<void> {
    const script = parseAddress(address, peer.chain.network) as Uint8Array;
    await peer.miner.generate(count, script, 1_000_000);
    await manager.get(WALLET)?.synced();
  }

  function connect(mood: SignerMood | null): void {
    options.signer = mood === null ? null : signerCommandOf(mood);
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, which the tests look into
  async function call(name: string, ...values: unknown[]): Promise<any> {
    const program = { command: options.signer, chain: "regtest" };
    const method = [...methods, ...signerMethods(program)].find((each) => each.name === name);
    assert.ok(method, name);
    const list = values.map((value) => parseJson(JSON.stringify(value ?? null)));
    const params = new Params(method.args, list);
    const { signal } = new AbortController();
    const wallet = name === "createwallet" ? null : WALLET;
    return JSON.parse(writeJson(await method.run({ params, signal, wallet, user: "test" })));
  }

  async function refusal(name: string, ...values: unknown[]): Promise<string> {
    try {
      await call(name, ...values);
    } catch (error) {
      if (error instanceof RpcError) return `${error.code} ${error.message}`;
      throw error;
    }
    return "not refused";
  }

  const makeArguments = (name: string) => [name, true, false, "", false, true, null, true];
  const make = (name: string) => call("createwallet", ...makeArguments(name));
  const refusedToMake = (name: string) => refusal("createwallet", ...makeArguments(name));

  it("is made of the descriptors that the device names", async () => {
    const info = await call("getwalletinfo");
    assert.equal(info.external_signer, true);
    assert.equal(info.private_keys_enabled, false);
    assert.equal(info.blank, false);
    assert.ok(info.flags.includes("external_signer"));
    const { descriptors } = await call("listdescriptors");
    assert.equal(descriptors.length, 8);
    const { signers } = await call("enumeratesigners");
    assert.deepEqual(
      signers.map((each: { name: string }) => each.name),
      ["test_one"],
    );
    for (const { desc, active } of descriptors) {
      assert.ok(active);
      assert.ok(desc.includes(`[${signers[0].fingerprint}/`), desc);
    }
  });

  it("shows its addresses of every kind on the device", async () => {
    for (const type of OUTPUT_TYPES) {
      const address = await call("getnewaddress", "", type);
      assert.deepEqual(await call("walletdisplayaddress", address), { address });
    }
    assert.match(await refusal("walletdisplayaddress", "nonsense"), /^-5 Invalid address$/);
    assert.match(await refusal("walletdisplayaddress", FOREIGN), /^-1 There is no ScriptPubKeyM/);
  });

  it("says when the device shows another address, or none", async () => {
    const address = await call("getnewaddress");
    connect("lying");
    assert.match(
      await refusal("walletdisplayaddress", address),
      /^-1 Signer echoed unexpected address bcrt1qw508/,
    );
    connect("other");
    assert.match(await refusal("walletdisplayaddress", address), /^-1 Signer \w{8} has no key of/);
  });

  it("pays from coins of every kind with signatures of the device", async () => {
    const coins = await call("listunspent");
    assert.equal(coins.length, OUTPUT_TYPES.length + 1);
    const inputs = coins.map(({ txid, vout }: { txid: string; vout: number }) => ({ txid, vout }));
    const sent = await call("sendall", [FOREIGN], null, null, 20, { inputs: inputs.slice(1) });
    assert.equal(sent.complete, true);
    assert.ok(peer.mempool.get(hashKey(parseHash(sent.txid))));
    const bumped = await call("bumpfee", sent.txid, { fee_rate: 60 });
    assert.ok(bumped.fee > bumped.origfee);
    assert.equal(peer.mempool.get(hashKey(parseHash(sent.txid))), undefined);
    assert.ok(peer.mempool.get(hashKey(parseHash(bumped.txid))));
    await mine(1, FOREIGN);
  });

  it("hands over a payment that the device changed, but never sends it", async () => {
    connect("thieving");
    const before = peer.mempool.size;
    const pay = [[{ [FOREIGN]: 1 }], null, null, 20];
    assert.match(await refusal("send", ...pay), /^-25 .*returned another payment/);
    assert.equal(peer.mempool.size, before);
    const kept = await call("send", ...pay, { add_to_wallet: false });
    assert.equal(kept.complete, true);
    assert.match(kept.warnings[0], /returned another payment/);
    connect("honest");
    const honest = await call("send", ...pay, { add_to_wallet: false });
    assert.equal(honest.complete, true);
    assert.equal(honest.warnings, undefined);
  });

  it("says why the device did not sign", async () => {
    const pay = ["send", [{ [FOREIGN]: 1 }], null, null, 20] as const;
    const faults: readonly (readonly [SignerMood | null, RegExp])[] = [
      [null, /^-25 External signer not found: restart bitcoind with -signer=<cmd>$/],
      ["none", /^-25 External signer not found: No external signers found$/],
      ["two", /^-25 External signer not found: More than one external signer found\./],
      ["other", /^-25 External signer failed to sign: Signer fingerprint .* does not match any/],
      ["refusing", /^-25 External signer failed to sign: its owner said no$/],
      ["broken", /^-1 RunCommandParseJSON error: .* returned 3: the device is gone$/],
      ["garbage", /^-1 Unable to parse JSON: I am no JSON$/],
    ];
    for (const [mood, expected] of faults) {
      connect(mood);
      assert.match(await refusal(...pay), expected);
    }
  });

  it("signs a PSBT that others made", async () => {
    const { psbt } = await call("walletcreatefundedpsbt", [], [{ [FOREIGN]: 0.5 }], 0, {
      fee_rate: 20,
    });
    const kept = await call("walletprocesspsbt", psbt, false);
    assert.equal(kept.complete, false);
    const { complete, hex } = await call("walletprocesspsbt", psbt);
    assert.equal(complete, true);
    assert.ok(hex.length > 0);
  });

  it("is not made without its device, or with private keys", async () => {
    const many = "More than one external signer found. Please connect only one at a time.";
    const faults: readonly (readonly [SignerMood | null, string])[] = [
      [null, "-1 restart bitcoind with -signer=<cmd>"],
      ["none", "-1 No external signers found"],
      ["two", `-1 ${many}`],
      ["garbage", "-1 Unable to parse JSON: I am no JSON"],
    ];
    for (const [mood, expected] of faults) {
      connect(mood);
      assert.equal(await refusedToMake("never"), expected);
    }
    connect("honest");
    assert.equal(
      await refusal("createwallet", "never", false, false, "", false, true, null, true),
      "-4 Private keys must be disabled when using an external signer",
    );
    assert.deepEqual(await call("listwallets"), [WALLET]);
  });
});
