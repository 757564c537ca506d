import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { Clock } from "../../clock/clock.ts";
import { LOG_CATEGORIES, type LogCategory } from "../../log/categories.ts";
import { controlMethods } from "./control-methods.ts";
import { RpcDispatcher } from "./dispatch.ts";

function open(mockable = true) {
  const dispatcher = new RpcDispatcher();
  const clock = new Clock();
  clock.setMock(1000);
  const on = new Set<LogCategory>(["rpc"]);
  const events: string[] = [];
  dispatcher.add(
    controlMethods({
      dispatcher,
      clock,
      mockable,
      startedAt: 990,
      log: {
        path: "/x/debug.log",
        get categories() {
          return LOG_CATEGORIES.map((name) => [name, on.has(name)] as const);
        },
        setCategories(names, to) {
          for (const name of names) to ? on.add(name) : on.delete(name);
        },
      },
      requestStop: () => events.push("stop"),
      forwardScheduler: (seconds) => events.push(`forward ${seconds}`),
    }),
  );
  dispatcher.ready();
  const signal = new AbortController().signal;
  const call = async (method: string, params = "[]") => {
    const args = parseJson(params) as never;
    return writeJson(
      await dispatcher.run({ method, params: args, signal, wallet: null, user: "" }),
    );
  };
  return { call, clock, events };
}

describe("control methods", () => {
  it("tell about themselves", async () => {
    const { call } = open();
    assert.equal(await call("help", '["nope"]'), '"help: unknown command: nope"');
    assert.match(await call("help"), /^"== Control ==\\ngetmemoryinfo \( \\"mode\\" \)\\n/);
    assert.ok(!(await call("help")).includes("echo"));
    assert.match(await call("help", '["stop"]'), /^"stop\\n\\n/);
    assert.match(
      await call("help", '["dump_all_command_conversions"]'),
      /\["stop",0,"wait",false\]/,
    );
  });

  it("answer too many arguments with the help", async () => {
    await assert.rejects(open().call("uptime", "[1]"), { code: -1, message: /^uptime\n\n/ });
  });

  it("tell which calls run", async () => {
    const info = JSON.parse(await open().call("getrpcinfo"));
    assert.equal(info.active_commands[0].method, "getrpcinfo");
    assert.ok(info.active_commands[0].duration >= 0);
    assert.equal(info.logpath, "/x/debug.log");
  });

  it("stop, and answer after the wait", async () => {
    const { call, events } = open();
    const started = performance.now();
    assert.equal(await call("stop", "[30]"), '"Compeer stopping"');
    assert.ok(performance.now() - started >= 28);
    assert.deepEqual(events, ["stop"]);
  });

  it("switch log categories on, then off", async () => {
    const { call } = open();
    const on = JSON.parse(await call("logging", '[["net","all"],["rpc"]]'));
    assert.equal(on.net, true);
    assert.equal(on.rpc, false);
    await assert.rejects(call("logging", '[["x"]]'), {
      code: -8,
      message: "unknown logging category x",
    });
  });

  it("turn the clock on regtest only", async () => {
    const { call, clock, events } = open();
    assert.equal(await call("uptime"), "10");
    await call("setmocktime", "[2000]");
    assert.equal(clock.now(), 2000);
    await assert.rejects(call("setmocktime", "[-1]"), {
      code: -8,
      message: "Mocktime must be in the range [0, 9223372036], not -1.",
    });
    await call("mockscheduler", "[5]");
    assert.deepEqual(events, ["forward 5"]);
    await assert.rejects(call("mockscheduler", "[3601]"), { code: -1 });
    await assert.rejects(open(false).call("setmocktime", "[1]"), {
      code: -1,
      message: "setmocktime is for regression testing (-regtest mode) only",
    });
  });

  it("echo whatever comes, and show a bug on request", async () => {
    const { call } = open();
    assert.equal(
      await call("echo", '{"arg0":1.0,"arg2":[{"a":null,"a":2}]}'),
      '[1.0,null,[{"a":null,"a":2}]]',
    );
    assert.equal(await call("echoipc", '["x"]'), '"x"');
    await assert.rejects(call("echo", '{"arg9":"trigger_internal_bug"}'), {
      code: -1,
      message: /^Internal bug detected: /,
    });
  });
});
