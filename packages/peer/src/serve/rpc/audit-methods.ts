import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { CoinAudit } from "../../indexes/coin-audit.ts";
import type { Net } from "../../net/net.ts";
import { type AuditFindings, auditReport } from "./audit-report.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";

export interface AuditDeps {
  readonly chain: Chain;
  readonly net: Pick<Net, "audit">;
  readonly audit: CoinAudit;
  warnings(): readonly string[];
}

/** Methods that compare this peer with others; bitcoind has none. */
export function auditMethods(deps: AuditDeps): readonly RpcMethod[] {
  return [
    rpcMethod("auditpeers", {
      description:
        "Counts our coins and holds them against what the blocks leave (-coinstatsindex), then against every " +
        "compeer's, and our headers against everybody's. On a large chain the count takes hours.",
      run: async ({ params }) =>
        auditReport(await findings(deps, params.has("height") ? params.int("height") : null)),
    }),
  ];
}

async function findings(deps: AuditDeps, height: number | null): Promise<AuditFindings> {
  const { chain, net, audit } = deps;
  if (height !== null) connectedBlock(chain, height);
  const counted = await audit.count();
  const node = height === null ? (counted?.node ?? chain.tip) : connectedBlock(chain, height);
  const known = await audit.at(node);
  if (known.state === "not-kept")
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `Our coins as of block ${node.height} are not known: that needs -coinstatsindex`,
    );
  const ours = known.state === "kept" ? known.coins : null;
  const damage = ours === null ? (deps.warnings()[0] ?? "Our coins are damaged.") : null;
  return { node, counted, ours, damage, peers: await net.audit(node.height) };
}

function connectedBlock(chain: Chain, height: number): BlockNode {
  const node = chain.at(height);
  if (node === null)
    throw new RpcError(RpcErrorCode.invalidParameter, `There is no block at height ${height}`);
  return node;
}
