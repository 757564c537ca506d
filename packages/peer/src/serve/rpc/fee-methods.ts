import type { RateRange } from "@compeer/protocol/policy/confirmation-statistics";
import type { FeeEstimator, HorizonName, RawRate } from "@compeer/protocol/policy/fee-estimator";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { FeeEstimates } from "../../fees/fee-estimates.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

export interface FeeDeps {
  readonly mempool: Mempool;
  /** Null where no transactions are relayed (-blocksonly). */
  readonly fees: FeeEstimates | null;
}

const MODES = ["unset", "economical", "conservative"];
const HORIZONS: readonly HorizonName[] = ["short", "medium", "long"];

/** Methods that estimate fees. */
export function feeMethods(deps: FeeDeps): readonly RpcMethod[] {
  return [
    rpcMethod("estimatesmartfee", {
      description:
        "The fee rate with which a transaction is likely to be confirmed within some blocks, and for how many blocks that holds, from what others paid and how long they waited.",
      result: "feerate (BTC/kvB) or errors, and blocks",
      examples: ["6", "6 conservative"],
      run: ({ params }) => smartFee(deps, params),
    }),
    rpcMethod("estimaterawfee", {
      description:
        "What the statistics of each horizon say about a target, with the ranges of rates they rest on. It may change with how estimates are made.",
      result: "for short, medium and long: feerate, decay, scale, pass, fail, errors",
      examples: ["6 0.9"],
      run: ({ params }) => rawFee(deps, params),
    }),
  ];
}

async function smartFee({ mempool, fees }: FeeDeps, params: Params): Promise<JsonOut> {
  const estimator = estimatorOf(fees);
  await mempool.settled();
  const asked = targetOf(params, estimator);
  const mode = params.optionalText("estimate_mode", "economical").toLowerCase();
  if (!MODES.includes(mode)) throw invalid(WRONG_MODE);
  const { rate, target } = estimator.smartRate(asked, mode === "conservative");
  if (rate === 0) return { errors: ["Insufficient data or no feerate found"], blocks: target };
  const least = Math.max(mempool.minFeeRate, mempool.options.minRelayRate);
  return { feerate: amountJson(Math.max(rate, least)), blocks: target };
}

const WRONG_MODE = `Invalid estimate_mode parameter, must be one of: ${MODES.map((mode) => `"${mode}"`).join(", ")}`;

async function rawFee({ mempool, fees }: FeeDeps, params: Params): Promise<JsonOut> {
  const estimator = estimatorOf(fees);
  await mempool.settled();
  const target = targetOf(params, estimator);
  const threshold = params.has("threshold") ? params.real("threshold") : 0.95;
  if (!(threshold >= 0 && threshold <= 1)) throw invalid("Invalid threshold");
  const tracking = HORIZONS.filter((horizon) => target <= estimator.maxTarget(horizon));
  return new JsonObject(
    tracking.map((horizon) => [horizon, rawJson(estimator.rawRate(target, threshold, horizon))]),
  );
}

function rawJson({ rate: median, decay, scale, pass, fail }: RawRate): JsonOut {
  const rate = median < 0 ? 0 : Math.round(median);
  if (rate === 0) {
    const errors = ["Insufficient data or no feerate found which meets threshold"];
    return { decay, scale, fail: rangeJson(fail), errors };
  }
  return {
    feerate: amountJson(rate),
    decay,
    scale,
    pass: rangeJson(pass),
    fail: fail.start === -1 ? undefined : rangeJson(fail),
  };
}

function rangeJson(range: RateRange): JsonOut {
  const hundredths = (value: number): number => Math.round(value * 100) / 100;
  return {
    startrange: Math.round(range.start),
    endrange: Math.round(range.end),
    withintarget: hundredths(range.withinTarget),
    totalconfirmed: hundredths(range.totalConfirmed),
    inmempool: hundredths(range.inMempool),
    leftmempool: hundredths(range.leftMempool),
  };
}

function estimatorOf(fees: FeeEstimates | null): FeeEstimator {
  if (fees === null) throw new RpcError(RpcErrorCode.internal, "Fee estimation disabled");
  return fees.estimator;
}

/** Core: ParseConfirmTarget. */
function targetOf(params: Params, estimator: FeeEstimator): number {
  const max = estimator.maxTarget("long");
  const target = params.int("conf_target");
  if (target >= 1 && target <= max) return target;
  throw invalid(`Invalid conf_target, must be between 1 and ${max}`);
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
