import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "@compeer/protocol/bitcoin/address";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { messageTransaction, proofTransaction } from "@compeer/protocol/wallet/bip322-transactions";
import { type ProofVerdict, verifyProof } from "@compeer/protocol/wallet/verify-bip322";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Signed {
  readonly message: string;
  readonly address: string;
  readonly type: string;
  readonly bip322_signatures: readonly string[];
  readonly lock_time?: number;
  readonly sequence?: number;
  readonly additional_inputs?: readonly (readonly { value: number; pk_script: string }[])[];
}

interface Refused {
  readonly description: string;
  readonly message: string;
  readonly address: string;
  readonly signature: string;
  readonly error_substr: string;
}

interface Vectors {
  readonly tx_hashes?: readonly {
    readonly message: string;
    readonly address: string;
    readonly to_spend_tx_hash: string;
    readonly to_sign_tx_hash: string;
  }[];
  readonly simple: readonly Signed[];
  readonly full?: readonly Signed[];
  readonly proof_of_funds?: readonly Signed[];
  readonly error: readonly Refused[];
}

const NAMES = [
  "bips/bip-0322/basic-test-vectors.json",
  "bips/bip-0322/generated-test-vectors.json",
];
const MAIN = networkByName("main");

function scriptOf(address: string): Uint8Array {
  const script = parseAddress(address, MAIN);
  if (script === null) throw new Error(`${address} is no address`);
  return script;
}

function verdictOf({ address, message }: Signed, signature: string): ProofVerdict {
  return verifyProof(scriptOf(address), signature, message);
}

for (const name of NAMES)
  test(`the signatures of ${name} are judged as it says`, { skip: vectorsMissing }, () => {
    const vectors = readJsonVector<Vectors>(name);
    for (const each of vectors.tx_hashes ?? []) {
      const toSpend = messageTransaction(scriptOf(each.address), each.message);
      const toSign = finishTransaction(proofTransaction(toSpend));
      assert.equal(formatHash(finishTransaction(toSpend).txid), each.to_spend_tx_hash);
      assert.equal(formatHash(toSign.txid), each.to_sign_tx_hash);
    }
    for (const each of [...vectors.simple, ...(vectors.full ?? [])])
      for (const signature of each.bip322_signatures) {
        const expected = {
          state: "valid",
          variant: signature.startsWith("ful") ? "full" : "simple",
          lockTime: each.lock_time ?? 0,
          sequence: each.sequence ?? 0,
          funds: [],
        };
        assert.deepEqual(verdictOf(each, signature), expected, `${each.type} ${each.message}`);
      }
    for (const each of vectors.proof_of_funds ?? [])
      for (const signature of each.bip322_signatures) {
        const verdict = verdictOf(each, signature);
        assert.ok(verdict.state === "valid", JSON.stringify(verdict));
        assert.equal(verdict.lockTime, each.lock_time);
        assert.equal(verdict.sequence, each.sequence);
        assert.deepEqual(
          verdict.funds.map(({ output }) => [
            output.value,
            Buffer.from(output.script).toString("hex"),
          ]),
          each.additional_inputs?.flat().map((input) => [input.value, input.pk_script]),
        );
      }
    for (const each of vectors.error) {
      const verdict = verifyProof(scriptOf(each.address), each.signature, each.message);
      assert.ok(verdict.state === "invalid", each.description);
      assert.ok(
        verdict.reason.includes(each.error_substr),
        `${each.description}: ${verdict.reason}`,
      );
    }
  });
