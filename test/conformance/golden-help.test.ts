import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findOption, OPTIONS } from "@compeer/peer/config/find-option";
import { findSignature } from "@compeer/protocol/rpc/find-signature";
import { helpList } from "@compeer/protocol/rpc/help-text";
import { type RpcSignature, usageLine } from "@compeer/protocol/rpc/signature";
import { readJsonVector, readVector, vectorsMissing } from "../testing/vectors.ts";

type Conversion = readonly [method: string, position: number, name: string, isText: boolean];

describe("Core's help", { skip: vectorsMissing }, () => {
  const helps =
    vectorsMissing === false
      ? readJsonVector<Record<string, string>>("core/golden/rpc_help.json")
      : {};

  it("has the usage lines that our table makes, for all 169 methods", () => {
    const names = Object.keys(helps);
    assert.equal(names.length, 169);
    for (const name of names)
      assert.equal(usageLine(findSignature(name) as RpcSignature), helps[name]?.split("\n", 1)[0]);
  });

  it("lists methods as we do", () => {
    const methods = Object.keys(helps).map((name) => findSignature(name) as RpcSignature);
    assert.equal(helpList(methods), readVector("core/golden/rpc_list.txt").toString().trimEnd());
  });

  it("knows the same arguments, their positions and which are text: 435 rows", () => {
    const rows = readJsonVector<Conversion[]>("core/golden/command_conversions.json");
    assert.equal(rows.length, 435);
    const key = (row: Conversion) => row.join(" ");
    const ours = Object.keys(helps).flatMap((name) =>
      conversions(findSignature(name) as RpcSignature),
    );
    assert.deepEqual(ours.map(key).sort(), rows.map(key).sort());
  });
});

function conversions({ name, args }: RpcSignature): Conversion[] {
  return args.flatMap((arg, position) =>
    [arg, ...(arg.members ?? [])].flatMap(({ names, type }) =>
      names.split("|").map((one): Conversion => [name, position, one, type === "str"]),
    ),
  );
}

describe("bitcoind -help-debug", { skip: vectorsMissing }, () => {
  it("tells of no option that we do not know, and we say something to each", () => {
    const text = readVector("core/golden/bitcoind-help-debug.txt").toString();
    const names = [...text.matchAll(/^ {2}-([a-z0-9-]+)/gm)].map(([, name]) => name as string);
    assert.ok(names.length > 170, `${names.length}`);
    const unknown = names.filter((name) => !findOption(name)?.help);
    assert.deepEqual(unknown, []);
    const ours = OPTIONS.filter(({ group }) => group !== "").map(({ name }) => name);
    const added = ours.filter((name) => !names.includes(name));
    const own = ["landiscovery", "mine", "mineto", "page", "pagebind", "pageport", "rpcallowhost"];
    assert.deepEqual(added.sort(), [...own, "signetminingkey"]);
  });
});
