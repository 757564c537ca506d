import type { Network } from "@compeer/protocol/bitcoin/network";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { DeploymentStates } from "@compeer/protocol/consensus/deployments";
import { decodeTarget } from "@compeer/protocol/consensus/difficulty";
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT } from "@compeer/protocol/consensus/limits";
import type { JsonOut, JsonText } from "@compeer/protocol/rpc/json";
import { type BlockTemplate, minTimeAfter } from "./template.ts";

/** Core: MAX_BLOCK_SERIALIZED_SIZE. */
const MAX_BLOCK_SIZE = 4_000_000;

/** What the caller and the peer state beside the template. */
export interface TemplateRequest {
  /** As `TemplateTransactions` writes them. */
  readonly transactions: JsonText;
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
  const { network, time, bits, longPollId, transactions } = request;
  const scale = templateScale(template, network);
  const isSegwit = scale === 1;
  const challenge = network.signetChallenge;
  return {
    capabilities: ["proposal"],
    ...rulesJson(template, request, isSegwit),
    vbrequired: 0,
    previousblockhash: formatHash(block.header.prevHash),
    transactions,
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

/** Before segwit, limits are counted in a quarter of the units. */
export function templateScale({ height }: BlockTemplate, network: Network): 1 | 4 {
  return height >= network.segwitHeight ? 1 : 4;
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
