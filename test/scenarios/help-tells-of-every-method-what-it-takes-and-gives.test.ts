import assert from "node:assert/strict";
import { it } from "node:test";
import { Peer } from "@compeer/peer/peer";

it("help tells of every method what it does, takes and gives, and shows a call", async () => {
  await using peer = await Peer.start();
  const list = (await peer.rpc("help")) as string;
  const methods = list.split("\n").flatMap((line) => line.match(/^[a-z]\w*/) ?? []);
  assert.ok(methods.length > 60, `${methods.length} methods`);
  for (const method of methods) {
    const text = (await peer.rpc("help", method)) as string;
    const [usage, description = "", ...sections] = text.split("\n\n");
    assert.equal(usage?.split(" ", 1)[0], method);
    assert.ok(description.length > 10, method);
    const takes = usage?.includes(" ") ? ["Arguments"] : [];
    const titles = sections
      .map((section) => section.split(":", 1)[0])
      .filter((title) => title !== "Named Arguments");
    assert.deepEqual(titles, [...takes, "Result", "Examples"], text);
    const wordless = text.split("\n").filter((line) => /^\d+\. \S+ +\([^)]*\)$/.test(line));
    assert.deepEqual(wordless, [], method);
  }
});
