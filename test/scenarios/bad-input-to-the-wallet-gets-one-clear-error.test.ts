import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { decodeTransaction, encodeTransaction } from "@compeer/protocol/bitcoin/transaction";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import type { Psbt } from "@compeer/protocol/wallet/psbt";
import { decodePsbt } from "@compeer/protocol/wallet/psbt-decode";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";

const WORDS = `${"abandon ".repeat(11)}about`;
const PASSPHRASE = "a long passphrase";
const directory = mkdtempSync(join(tmpdir(), "compeer-bad-"));

/** What must be the same after every refusal. */
interface Holdings {
  readonly balances: unknown;
  readonly labels: unknown;
  readonly keys: unknown;
  readonly history: unknown;
  readonly coins: unknown;
}

describe("bad input to the wallet", () => {
  let peer: Peer;
  let stranger: string;
  let target: string;

  before(async () => {
    const options = { par: 1, listen: 0, fallbackfee: "0.0001" };
    peer = await Peer.start({ dataDirectory: directory, options });
    await peer.rpc("createwallet", "stranger");
    stranger = String(await peer.rpc("getnewaddress"));
    await peer.rpc("unloadwallet", "stranger");
    await peer.rpc("createwallet", "mine", false, false, PASSPHRASE);
    target = String(await peer.rpc("getnewaddress", "rent"));
    await peer.rpc("generatetoaddress", 101, target);
    await peer.rpc("walletpassphrase", PASSPHRASE, 100_000);
    await peer.rpc("sendtoaddress", stranger, 1);
    await peer.rpc("generatetoaddress", 1, stranger);
  });

  after(async () => {
    await peer.close();
    rmSync(directory, { recursive: true });
  });

  async function holdings(): Promise<Holdings> {
    const listed = (await peer.rpc("listdescriptors", true)) as { descriptors: unknown };
    return {
      balances: await peer.rpc("getbalances"),
      labels: await peer.rpc("getaddressesbylabel", "rent"),
      keys: listed.descriptors,
      history: await peer.rpc("listtransactions", "*", 1000),
      coins: await peer.rpc("listunspent"),
    };
  }

  /** Refused with this message, and nothing is otherwise than before. */
  async function refused(expected: RegExp, method: string, ...params: unknown[]): Promise<void> {
    const kept = await holdings();
    await assert.rejects(peer.rpc(method, ...params), (error: unknown) => {
      assert.ok(error instanceof RpcError, `${error}`);
      assert.match(error.message, expected);
      assert.equal(error.message.includes("\n"), false, "one line");
      return true;
    });
    assert.deepEqual(await holdings(), kept);
  }

  it("names the word that is in no list", () =>
    refused(
      /^Word 1, "abandom", is not in the list of words\. Did you mean abandon\?$/,
      "createwalletfromwords",
      "restored",
      WORDS.replace("abandon", "abandom"),
    ));

  it("tells words in a wrong order by their checksum, and too few by their number", async () => {
    await refused(/checksum/i, "createwalletfromwords", "restored", "abandon ".repeat(12).trim());
    await refused(/12, 15, 18, 21 or 24 words; these are 3/, "createwalletfromwords", "x", "a b c");
    assert.deepEqual(await peer.rpc("listwallets"), ["mine"]);
  });

  it("refuses a descriptor whose checksum is wrong, and imports nothing", async () => {
    const [first] = ((await peer.rpc("listdescriptors")) as { descriptors: { desc: string }[] })
      .descriptors;
    const desc = (first as { desc: string }).desc.replace(/.$/, (last) =>
      last === "q" ? "p" : "q",
    );
    const kept = await holdings();
    const [answer] = (await peer.rpc("importdescriptors", [{ desc, timestamp: "now" }])) as {
      success: boolean;
      error: { message: string };
    }[];
    assert.equal(answer?.success, false);
    assert.match(answer?.error.message ?? "", /checksum/);
    assert.deepEqual(await holdings(), kept);
  });

  it("refuses to pay dust", async () => {
    await refused(/^Transaction amount too small$/, "sendtoaddress", target, 0.000001);
    await refused(/^Transaction amount too small$/, "previewsend", [{ [target]: 0.000001 }]);
  });

  it("refuses as dust what the mempool would, to the satoshi (W15)", async () => {
    const [coin] = (await peer.rpc("listunspent")) as {
      txid: string;
      vout: number;
      amount: number;
    }[];
    assert.ok(coin);
    const least = { legacy: 546, "p2sh-segwit": 540, bech32: 294, bech32m: 330 };
    for (const [type, sats] of Object.entries(least)) {
      const address = String(await peer.rpc("getnewaddress", "", type));
      const pays = async (amount: number): Promise<{ allowed: boolean; reason?: string }> => {
        const rest = (Math.round(coin.amount * 1e8) - amount - 10_000) / 1e8;
        const outputs = [{ [address]: amount / 1e8 }, { [stranger]: rest }];
        const raw = await peer.rpc("createrawtransaction", [coin], outputs);
        const { hex } = (await peer.rpc("signrawtransactionwithwallet", raw)) as { hex: string };
        const [seen] = (await peer.rpc("testmempoolaccept", [hex])) as Record<string, unknown>[];
        return { allowed: seen?.["allowed"] === true, reason: String(seen?.["reject-reason"]) };
      };
      assert.equal((await pays(sats)).allowed, true, type);
      assert.deepEqual(await pays(sats - 1), { allowed: false, reason: "dust" }, type);
      await peer.rpc("previewsend", [{ [address]: sats / 1e8 }]);
      await refused(/too small$/, "previewsend", [{ [address]: (sats - 1) / 1e8 }]);
    }
  });

  it("refuses to pay more than there is", async () => {
    await refused(/^Insufficient funds$/, "sendtoaddress", stranger, 100_000);
    await refused(/^Invalid amount|Amount out of range$/, "sendtoaddress", stranger, 30_000_000);
    await refused(/^Amount out of range$/, "sendtoaddress", stranger, -1);
  });

  it("refuses an absurd fee", async () => {
    const fees = [{ [stranger]: 1 }, null, "unset", 1_000_000];
    await refused(/^Fee exceeds maximum configured by user/, "send", ...fees);
  });

  it("refuses an address of another network and one that is misspelt", async () => {
    const main = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    await refused(/^Invalid Bitcoin address: /, "sendtoaddress", main, 1);
    const misspelt = target.replace(/.$/, (last) => (last === "q" ? "p" : "q"));
    await refused(/^Invalid Bitcoin address: /, "sendtoaddress", misspelt, 1);
  });

  it("refuses a wrong passphrase, and stays as it was", async () => {
    await peer.rpc("walletlock");
    await assert.rejects(
      peer.rpc("walletpassphrase", "another", 60),
      /^RpcError: Error: The wallet passphrase entered was incorrect\.$|passphrase entered was incorrect/,
    );
    await assert.rejects(
      peer.rpc("sendtoaddress", stranger, 1),
      /Please enter the wallet passphrase with walletpassphrase first/,
    );
    await assert.rejects(
      peer.rpc("walletpassphrasechange", "another", "new"),
      /passphrase entered was incorrect/,
    );
    await peer.rpc("walletpassphrase", PASSPHRASE, 100_000);
    assert.equal(((await holdings()).labels as object) !== null, true);
  });

  async function payment(): Promise<Psbt> {
    const made = (await peer.rpc("walletcreatefundedpsbt", [], [{ [stranger]: 1 }])) as {
      psbt: string;
    };
    return decodePsbt(Buffer.from(made.psbt, "base64"));
  }

  it("signs no PSBT that lies about amounts (W13)", async () => {
    const psbt = await payment();
    const [input] = psbt.inputs;
    assert.ok(input?.nonWitnessUtxo);
    const truth = input.nonWitnessUtxo;
    const outputs = truth.outputs.map((each) => ({ ...each, value: each.value + 1_000_000 }));
    const other = decodeTransaction(encodeTransaction({ ...truth, outputs }));
    const lie = { ...psbt, inputs: [{ ...input, nonWitnessUtxo: other }, ...psbt.inputs.slice(1)] };
    await refused(
      /Non-witness UTXO does not match outpoint hash$/,
      "walletprocesspsbt",
      formatPsbt(lie),
    );
    const [coin] = truth.outputs;
    const witnessUtxo = { ...(coin as (typeof truth.outputs)[0]), value: 1 };
    const both = { ...psbt, inputs: [{ ...input, witnessUtxo }, ...psbt.inputs.slice(1)] };
    await refused(
      /^Witness UTXO contradicts the transaction that is spent$/,
      "walletprocesspsbt",
      formatPsbt(both),
    );
  });

  it("says which change of a PSBT is not the wallet's", async () => {
    const psbt = await payment();
    const position = psbt.outputs.findIndex(
      ({ derivations, tapDerivations }) => derivations.length + tapDerivations.length > 0,
    );
    assert.ok(position >= 0);
    const clean = (await peer.rpc("previewpsbt", formatPsbt(psbt))) as {
      outputs: { ismine: boolean; ischange: boolean }[];
      spends: number;
      fee: number;
      warnings: string[];
    };
    assert.deepEqual(clean.warnings, []);
    assert.deepEqual(clean.outputs[position]?.ischange, true);
    assert.equal(clean.spends.toFixed(8), (1 + clean.fee).toFixed(8));
    const signed = (await peer.rpc("walletprocesspsbt", formatPsbt(psbt))) as object;
    assert.equal("warnings" in signed, false);

    const { script } = psbt.tx.outputs[1 - position] as { script: Uint8Array };
    const outputs = psbt.tx.outputs.map((each, i) => (i === position ? { ...each, script } : each));
    const forged = formatPsbt({ ...psbt, tx: { ...psbt.tx, outputs } });
    const expected = new RegExp(
      `^Output ${position} \\(${stranger}\\) is said to be change of this wallet, but it is not an address of this wallet\\.$`,
    );
    const kept = await holdings();
    const seen = (await peer.rpc("previewpsbt", forged)) as typeof clean;
    assert.match(seen.warnings.join(), expected);
    assert.deepEqual(seen.outputs[position]?.ismine, false);
    const processed = (await peer.rpc("walletprocesspsbt", forged)) as { warnings: string[] };
    assert.match(processed.warnings.join(), expected);
    assert.deepEqual(await holdings(), kept);

    const foreign = psbt.outputs.map((each) => ({
      ...each,
      derivations: each.derivations.map((derivation) => ({
        ...derivation,
        origin: { ...derivation.origin, fingerprint: "deadbeef" },
      })),
    }));
    const others = formatPsbt({ ...psbt, outputs: foreign, tx: { ...psbt.tx, outputs } });
    const told = (await peer.rpc("previewpsbt", others)) as typeof clean;
    assert.match(told.warnings.join(), /is said to be change of another wallet \(key deadbeef\)/);
  });

  it("opens no backup of a newer version, and no torn file, and says which", async () => {
    const backup = join(directory, "backup.sqlite");
    await peer.rpc("backupwallet", backup);

    const newer = join(directory, "newer.sqlite");
    const bytes = readFileSync(backup);
    bytes.writeUInt32BE(99, 60); // user_version of the SQLite header
    writeFileSync(newer, bytes);
    await refused(/written by a newer version of compeer \(format 99/, "restorewallet", "n", newer);

    const torn = join(directory, "torn.sqlite");
    copyFileSync(backup, torn);
    truncateSync(torn, Math.floor(bytes.length / 2));
    await refused(/is damaged|malformed/, "restorewallet", "t", torn);

    const scrap = join(directory, "scrap.sqlite");
    writeFileSync(scrap, "no wallet at all");
    await refused(/Data is not in recognized format\.$/, "restorewallet", "s", scrap);
    await refused(/^Backup file does not exist$/, "restorewallet", "m", join(directory, "none"));
    assert.deepEqual(await peer.rpc("listwallets"), ["mine"]);

    const whole = await holdings();
    await peer.rpc("unloadwallet", "mine");
    await peer.rpc("restorewallet", "again", backup);
    await peer.rpc("walletpassphrase", PASSPHRASE, 100_000);
    assert.deepEqual(textsOf(await holdings()), textsOf(whole));
    assert.deepEqual((await holdings()).balances, whole.balances);
    assert.deepEqual((await holdings()).labels, whole.labels);
  });
});

function textsOf({ keys }: Holdings): readonly string[] {
  return (keys as readonly { readonly desc: string }[]).map(({ desc }) => desc);
}
