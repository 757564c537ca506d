import { checkArgumentTypes, positionalArguments } from "@compeer/protocol/rpc/bind-arguments";
import { helpText } from "@compeer/protocol/rpc/help-text";
import type { Json, JsonObject, JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { requiredCount } from "@compeer/protocol/rpc/signature";
import type { RpcCall, RpcMethod } from "./method.ts";
import { Params } from "./params.ts";

/** A call as it comes in: the method by name, the arguments not yet bound. */
export interface IncomingCall extends Omit<RpcCall, "params"> {
  readonly method: string;
  readonly params: readonly Json[] | JsonObject;
}

/** A call that is running. */
export interface ActiveCall {
  readonly method: string;
  /** Milliseconds of the monotonic clock. */
  readonly startedMs: number;
}

/** Finds the method of a call, binds and checks its arguments, runs it. */
export class RpcDispatcher {
  readonly #methods = new Map<string, RpcMethod>();
  readonly #active = new Set<ActiveCall>();
  /** What start-up is doing; null when methods may run. */
  #warmup: string | null = "RPC server started";

  /** @throws Error when a name is taken */
  add(methods: readonly RpcMethod[]): void {
    for (const method of methods) {
      if (this.#methods.has(method.name)) throw new Error(`two methods called ${method.name}`);
      this.#methods.set(method.name, method);
    }
  }

  get methods(): readonly RpcMethod[] {
    return [...this.#methods.values()];
  }

  get active(): readonly ActiveCall[] {
    return [...this.#active];
  }

  /** Until `ready`, every call is answered -28 with the last text given here. */
  warmup(status: string): void {
    if (this.#warmup !== null) this.#warmup = status;
  }

  ready(): void {
    this.#warmup = null;
  }

  /** True until `ready`. */
  get warmingUp(): string | null {
    return this.#warmup;
  }

  /**
   * The result of a call.
   *
   * @throws RpcError for whatever goes wrong
   */
  async run(call: IncomingCall): Promise<JsonOut> {
    if (this.#warmup !== null) throw new RpcError(RpcErrorCode.inWarmup, this.#warmup);
    const method = this.#methods.get(call.method);
    if (method === undefined) throw new RpcError(RpcErrorCode.methodNotFound, "Method not found");
    const running: ActiveCall = { method: call.method, startedMs: performance.now() };
    this.#active.add(running);
    try {
      return await runMethod(method, call);
    } catch (error) {
      if (error instanceof RpcError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new RpcError(RpcErrorCode.misc, message, { cause: error });
    } finally {
      this.#active.delete(running);
    }
  }
}

function runMethod(method: RpcMethod, call: IncomingCall): Promise<JsonOut> | JsonOut {
  const values = positionalArguments(method.args, call.params);
  if (values.length < requiredCount(method.args) || values.length > method.args.length)
    throw new RpcError(RpcErrorCode.misc, helpText(method));
  checkArgumentTypes(method.args, values);
  const { signal, wallet, user } = call;
  return method.run({ params: new Params(method.args, values), signal, wallet, user });
}
