import { setTimeout as sleep } from "node:timers/promises";
import { helpList, helpText } from "@compeer/protocol/rpc/help-text";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Clock } from "../../clock/clock.ts";
import { isLogCategory, LOG_CATEGORIES, type LogCategory } from "../../log/categories.ts";
import type { Logger } from "../../log/logger.ts";
import type { RpcDispatcher } from "./dispatch.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";

/** Times are nanoseconds in 64 bits somewhere. Core: setmocktime. */
const LATEST_MOCK_TIME = 9_223_372_036;

export interface ControlDeps {
  readonly dispatcher: RpcDispatcher;
  readonly log: Pick<Logger, "path" | "categories" | "setCategories">;
  readonly clock: Clock;
  /** The chain is one for tests: its time may be turned. */
  readonly mockable: boolean;
  /** When the peer was started: seconds of the clock. */
  readonly startedAt: number;
  /** Begins the shutdown and returns at once. */
  requestStop(): void;
  /** Runs what is due within that many seconds, now. */
  forwardScheduler(seconds: number): void;
}

/** Methods about the peer as a program. Core: src/rpc/server.cpp, src/rpc/node.cpp. */
export function controlMethods(deps: ControlDeps): readonly RpcMethod[] {
  return [
    ...aboutMethods(deps),
    stopMethod(deps),
    loggingMethod(deps),
    ...timeMethods(deps),
    echoMethod("echo"),
    echoMethod("echojson"),
    rpcMethod("echoipc", {
      description: "Returns its argument. For tests.",
      result: '"str"    (string) the argument',
      run: ({ params }) => params.text("arg"),
    }),
  ];
}

function aboutMethods({ dispatcher, log, clock, startedAt }: ControlDeps): RpcMethod[] {
  return [
    rpcMethod("help", {
      description: "Lists all methods, or tells about one of them.",
      result: '"str"    (string) the text',
      run: ({ params }) => help(dispatcher.methods, params.optionalText("command", "")),
    }),
    rpcMethod("uptime", {
      description: "Tells for how many seconds the peer has been running.",
      result: "n    (numeric) the seconds",
      examples: [""],
      run: () => clock.now() - startedAt,
    }),
    rpcMethod("getrpcinfo", {
      description: "Tells which calls are running, and where the log is.",
      result: "active_commands with method and duration in microseconds, logpath",
      examples: [""],
      run: () => ({
        active_commands: dispatcher.active.map(({ method, startedMs }) => ({
          method,
          duration: Math.round((performance.now() - startedMs) * 1000),
        })),
        logpath: log.path ?? "",
      }),
    }),
    rpcMethod("getzmqnotifications", {
      description: "Lists where this peer publishes over ZMQ: nowhere, it has no publishers.",
      result: "[]    (json array) empty",
      examples: [""],
      run: () => [],
    }),
    rpcMethod("getmemoryinfo", {
      description: "Tells how much memory the peer uses: its heap, in the members that Core fills.",
      result: "locked, with used, free, total, locked, chunks_used and chunks_free",
      examples: [""],
      run: ({ params }) => memoryInfo(params.optionalText("mode", "stats")),
    }),
  ];
}

function help(methods: readonly RpcMethod[], command: string): JsonOut {
  if (command === "dump_all_command_conversions") return methods.flatMap(argumentRows);
  if (command === "") return helpList(methods);
  const method = methods.find(({ name }) => name === command);
  return method === undefined ? `help: unknown command: ${command}` : helpText(method);
}

/** Method, position, argument, whether it is a string: what a client needs to convert words. */
function argumentRows({ name, args }: RpcMethod): JsonOut[] {
  return args.flatMap((arg, position) =>
    [arg, ...(arg.members ?? [])].flatMap(({ names, type }) =>
      names.split("|").map((one): JsonOut => [name, position, one, type === "str"]),
    ),
  );
}

function memoryInfo(mode: string): JsonOut {
  const { heapUsed, heapTotal, rss } = process.memoryUsage();
  if (mode === "mallocinfo") return `<malloc version="1"><heap used="${heapUsed}"/></malloc>`;
  if (mode !== "stats") throw new RpcError(RpcErrorCode.invalidParameter, `unknown mode ${mode}`);
  const free = Math.max(heapTotal - heapUsed, 1);
  const total = heapUsed + free;
  const chunks = { chunks_used: 1, chunks_free: 1 };
  return { locked: { used: heapUsed, free, total, locked: Math.min(rss, total), ...chunks } };
}

function stopMethod({ requestStop }: ControlDeps): RpcMethod {
  return rpcMethod("stop", {
    description: "Stops the peer, in good order.",
    result: '"str"    (string) that it is stopping',
    run: async ({ params }) => {
      const wait = params.optionalInt("wait", 0);
      requestStop();
      await sleep(Math.max(0, wait));
      return "Compeer stopping";
    },
  });
}

function loggingMethod({ log }: ControlDeps): RpcMethod {
  return rpcMethod("logging", {
    description: `Tells which debug lines are written, after switching some on and then some off.\nThe valid logging categories are: ${LOG_CATEGORIES.join(", ")}. "all" and "1" stand for every one of them.`,
    result: "every category, and true when its lines are written",
    examples: [`'["all"]' '["http"]'`],
    run: ({ params }) => {
      const on = namedCategories(params.optionalArray("include") ?? []);
      const off = namedCategories(params.optionalArray("exclude") ?? []);
      log.setCategories(on, true);
      log.setCategories(off, false);
      return new JsonObject(log.categories);
    },
  });
}

function namedCategories(values: RpcCall["params"]["list"]): LogCategory[] {
  return values.flatMap((value) => {
    const name = asText(value);
    if (name === "" || name === "all" || name === "1") return LOG_CATEGORIES;
    if (isLogCategory(name)) return [name];
    throw new RpcError(RpcErrorCode.invalidParameter, `unknown logging category ${name}`);
  });
}

function timeMethods({ clock, mockable, forwardScheduler }: ControlDeps): RpcMethod[] {
  const onlyRegtest = (name: string) => {
    if (!mockable)
      throw new RpcError(
        RpcErrorCode.misc,
        `${name} is for regression testing (-regtest mode) only`,
      );
  };
  return [
    rpcMethod("setmocktime", {
      description:
        "Sets the time that the peer believes, in seconds since 1970; 0 returns to the real one.",
      run: ({ params }) => {
        onlyRegtest("setmocktime");
        const time = params.int64("timestamp");
        if (time < 0 || time > LATEST_MOCK_TIME)
          throw new RpcError(
            RpcErrorCode.invalidParameter,
            `Mocktime must be in the range [0, ${LATEST_MOCK_TIME}], not ${time}.`,
          );
        clock.setMock(time);
        return null;
      },
    }),
    rpcMethod("mockscheduler", {
      description: "Does now what is due within the next seconds.",
      run: ({ params }) => {
        onlyRegtest("mockscheduler");
        const seconds = params.int64("delta_time");
        if (seconds <= 0 || seconds > 3600)
          throw new RpcError(
            RpcErrorCode.misc,
            "delta_time must be between 1 and 3600 seconds (1 hr)",
          );
        forwardScheduler(seconds);
        return null;
      },
    }),
  ];
}

function echoMethod(name: string): RpcMethod {
  return rpcMethod(name, {
    description: "Returns its arguments. For tests.",
    run: ({ params }) => {
      if (params.raw("arg9") === "trigger_internal_bug")
        throw new RpcError(
          RpcErrorCode.misc,
          'Internal bug detected: request.params[9].get_str() != "trigger_internal_bug"',
        );
      return params.list;
    },
  });
}
