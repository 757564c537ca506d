import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AddedNodes } from "./added-nodes.ts";

/** Nodes that are dialled under a clock that is turned by hand. */
class Trial {
  readonly dialled: string[] = [];
  readonly connected = new Set<string>();
  readonly dialling = new Set<string>();
  readonly nodes: AddedNodes;
  #now = 0;
  #looks: (() => void)[] = [];

  constructor() {
    this.nodes = new AddedNodes({
      clock: {
        steadyMs: () => this.#now,
        every: (_ms, look) => {
          this.#looks.push(look);
          return () => undefined;
        },
      },
      canonical: (name) => name.toLowerCase(),
      isConnected: (name) => this.connected.has(name),
      isDialling: (name) => this.dialling.has(name),
      dial: (name) => {
        this.dialled.push(name);
        this.dialling.add(name);
      },
    });
  }

  /** Has all attempts end, lets time pass and looks once; the names that were dialled then. */
  pass(ms: number): string[] {
    this.dialling.clear();
    this.#now += ms;
    this.dialled.length = 0;
    for (const look of this.#looks) look();
    return [...this.dialled];
  }
}

describe("AddedNodes", () => {
  it("dials again after a minute, and at once what stood and was lost", () => {
    const trial = new Trial();
    trial.nodes.add("a", true);
    assert.equal(trial.nodes.add("A", true), false);
    trial.nodes.start();
    assert.deepEqual(trial.dialled, ["a"]);
    assert.deepEqual(trial.pass(59_000), []);
    assert.deepEqual(trial.pass(1000), ["a"]);
    trial.connected.add("a");
    assert.deepEqual(trial.pass(2000), []);
    trial.connected.clear();
    assert.deepEqual(trial.pass(2000), ["a"]);
  });

  it("is connected to at most eight, and tries the others in place of those that fail", () => {
    const trial = new Trial();
    trial.nodes.start();
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    for (const name of names) trial.nodes.add(name, true);
    assert.equal(trial.dialled.length, 8);
    for (const name of names.slice(0, 6)) trial.connected.add(name);
    assert.deepEqual(trial.pass(2000), ["n8", "n9"]);
    assert.deepEqual(trial.pass(2000), ["n10", "n11"]);
    for (const name of ["n10", "n11"]) trial.connected.add(name);
    assert.deepEqual(trial.pass(60_000), []);
    trial.connected.delete("n3");
    assert.deepEqual(trial.pass(2000), ["n3"]);
  });

  it("does not count those of -connect", () => {
    const trial = new Trial();
    trial.nodes.start();
    for (let i = 0; i < 12; i++) trial.nodes.add(`only${i}`, true, true);
    trial.nodes.add("added", true);
    for (let i = 0; i < 12; i++) trial.connected.add(`only${i}`);
    assert.deepEqual(trial.pass(60_000), ["added"]);
  });
});
