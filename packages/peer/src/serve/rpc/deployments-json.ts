import {
  ALWAYS_ACTIVE,
  type Deployment,
  NEVER_ACTIVE,
  NO_TIMEOUT,
} from "@compeer/protocol/bitcoin/network";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { DeploymentStates, signalStatistics } from "@compeer/protocol/consensus/deployments";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import type { ThresholdState } from "@compeer/protocol/consensus/threshold-state";
import { JsonNumber, type JsonOut } from "@compeer/protocol/rpc/json";
import { flagsByName } from "@compeer/protocol/script/flags";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";

/** A soft fork that never comes: it has no height. */
const NO_HEIGHT = 0x7fffffff;

/** The rule changes of the network as they stand behind a block. Core: getdeploymentinfo. */
export function deploymentsJson(chain: Chain, node: BlockNode): JsonOut {
  const { network } = chain;
  const states = new DeploymentStates(network);
  const deployments: { [name: string]: JsonOut } = {};
  const buried: readonly [name: string, height: number][] = [
    ["bip34", network.bip34Height],
    ["bip66", network.bip66Height],
    ["bip65", network.bip65Height],
    ["csv", network.csvHeight],
    ["segwit", network.segwitHeight],
  ];
  for (const [name, height] of buried)
    if (height !== NO_HEIGHT)
      deployments[name] = { type: "buried", active: node.height + 1 >= height, height };
  for (const deployment of network.deployments)
    if (deployment.startTime !== NEVER_ACTIVE)
      deployments[deployment.name] = signalledJson(states, node, deployment);
  return {
    hash: formatHash(node.hash),
    height: node.height,
    script_flags: flagNames(blockScriptFlags(node.hash, node.height, network)),
    deployments,
  };
}

/** Core: GetScriptFlagNames. */
function flagNames(flags: number): string[] {
  const set = [...flagsByName].filter(([, flag]) => (flags & flag) !== 0);
  return set.map(([name]) => name).sort();
}

function signalledJson(states: DeploymentStates, node: BlockNode, deployment: Deployment): JsonOut {
  const current = states.stateAfter(node.parent, deployment);
  const next = states.stateAfter(node, deployment);
  const since = states.heightSince(node.parent, deployment);
  const activeSince = activationHeight(states, node, deployment, current, next);
  const counted = current === "started" || current === "locked_in";
  const statistics = counted ? signalStatistics(node, deployment) : undefined;
  return {
    type: "bip9",
    height: activeSince,
    active: activeSince !== undefined && activeSince <= node.height + 1,
    bip9: {
      bit: statistics && deployment.bit,
      start_time: deployment.startTime,
      timeout: timeoutJson(deployment),
      min_activation_height: deployment.minActivationHeight,
      status: current,
      since,
      status_next: next,
      statistics: statistics && {
        period: statistics.period,
        elapsed: statistics.elapsed,
        count: statistics.count,
        threshold: current === "started" ? statistics.threshold : undefined,
        possible: current === "started" ? statistics.possible : undefined,
      },
      signalling: statistics?.signalling.map((signals) => (signals ? "#" : "-")).join(""),
    },
  };
}

function activationHeight(
  states: DeploymentStates,
  node: BlockNode,
  deployment: Deployment,
  current: ThresholdState,
  next: ThresholdState,
): number | undefined {
  if (deployment.startTime === ALWAYS_ACTIVE) return 0;
  if (current === "active") return states.heightSince(node.parent, deployment);
  return next === "active" ? node.height + 1 : undefined;
}

function timeoutJson({ timeout }: Deployment): JsonOut {
  return timeout === NO_TIMEOUT ? new JsonNumber("9223372036854775807") : timeout;
}
