import { blockTxid } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { DeploymentStates } from "@compeer/protocol/consensus/deployments";
import { decodeTarget } from "@compeer/protocol/consensus/difficulty";
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT } from "@compeer/protocol/consensus/limits";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import type { MempoolEntry } from "../mempool/mempool-entry.ts";
import { type BlockTemplate, minTimeAfter } from "./template.ts";

/** Core: MAX_BLOCK_SERIALIZED_SIZE. */
const MAX_BLOCK_SIZE = 4_000_000;

/** What the caller and the peer state beside the template. */
export interface TemplateRequest {
  readonly network: Network;
  readonly deployments: DeploymentStates;
  /** Header time and bits as of now: the template may be some seconds old. */
  readonly time: number;
  readonly bits: number;
  /** Changes whenever a new template would differ. */
  readonly longPollId: string;
}

/** A template as `getblocktemplate` answers it (BIP22, BIP23, BIP9, BIP145). */
export function templateJson(template: BlockTemplate, request: TemplateRequest): JsonOut {
  const { parent, height, block, commitment } = template;
  const { network, time, bits, longPollId } = request;
  const isSegwit = height >= network.segwitHeight;
  // Before segwit, limits are counted in a quarter of the units.
  const scale = isSegwit ? 1 : 4;
  const challenge = network.signetChallenge;
  return {
    capabilities: ["proposal"],
    ...rulesJson(template, request, isSegwit),
    vbrequired: 0,
    previousblockhash: formatHash(block.header.prevHash),
    transactions: transactionsJson(template, scale),
    coinbaseaux: {},
    coinbasevalue: template.coinbaseValue,
    longpollid: longPollId,
    target: decodeTarget(bits).target.toString(16).padStart(64, "0"),
    mintime: minTimeAfter(parent, network),
    mutable: ["time", "transactions", "prevblock"],
    noncerange: "00000000ffffffff",
    sigoplimit: MAX_BLOCK_SIGOPS_COST / scale,
    sizelimit: MAX_BLOCK_SIZE / scale,
    weightlimit: isSegwit ? MAX_BLOCK_WEIGHT : undefined,
    curtime: time,
    bits: bits.toString(16).padStart(8, "0"),
    height,
    signet_challenge: challenge === null ? undefined : encodeHex(challenge),
    default_witness_commitment: encodeHex(commitment),
  };
}

/** Core marks a rule with "!" that a miner must know to make a valid block; of BIP9's none is. */
function rulesJson(
  { parent, block }: BlockTemplate,
  { network, deployments }: TemplateRequest,
  isSegwit: boolean,
): { [name: string]: JsonOut } {
  const rules = ["csv"];
  if (isSegwit) rules.push("!segwit");
  if (network.signetChallenge !== null) rules.push("!signet");
  const available: { [name: string]: JsonOut } = {};
  for (const deployment of network.deployments) {
    const state = deployments.stateAfter(parent, deployment);
    if (state === "active") rules.push(deployment.name);
    if (state === "started" || state === "locked_in") available[deployment.name] = deployment.bit;
  }
  return { version: block.header.version, rules, vbavailable: available };
}

function transactionsJson({ block, entries }: BlockTemplate, scale: number): JsonOut {
  const positions = new Map<string, number>();
  return entries.map((entry, i) => {
    const position = i + 1;
    positions.set(hashKey(blockTxid(block, position)), position);
    return {
      data: hexOf(entry.tx.raw),
      txid: formatHash(entry.txid),
      hash: formatHash(entry.wtxid),
      depends: dependsOn(entry, positions),
      fee: entry.fee,
      sigops: entry.sigopCost / scale,
      weight: entry.weight,
    };
  });
}

/** A template holds megabytes of it: Buffer writes hex some twenty times as fast as `encodeHex`. */
function hexOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("hex");
}

/** Positions, from 1, of what a transaction spends of those before it; one for each input. */
function dependsOn({ tx }: MempoolEntry, positions: ReadonlyMap<string, number>): number[] {
  const depends: number[] = [];
  for (let i = 0; i < tx.inputCount; i++) {
    const position = positions.get(hashKey(tx.prevTxid(i)));
    if (position !== undefined) depends.push(position);
  }
  return depends;
}
