import { concatBytes } from "@compeer/protocol/bytes/compare";
import { heightPush } from "@compeer/protocol/consensus/check-block-context";
import type { Mutation } from "./mutation.ts";

const TWO_HOURS = 7200;

/** What can be wrong or odd with the 80 bytes of a header. */
export const headerMutations: Readonly<Record<string, Mutation>> = {
  "version of the past": (draft, random) => {
    draft.version = random.pick([-1, 0, 1, 2, 3, -0x80000000]);
  },
  "unusual version": (draft, random) => {
    draft.version = random.pick([4, 5, 0x7fffffff, 0x3fffe000, 0x20000001]);
  },
  "other target": (draft, random) => {
    draft.bits = random.pick([0x207ffffe, 0x1f7fffff, 0x207fff00]);
    draft.hasWork = random.oneIn(2);
  },
  "target that is none": (draft, random) => {
    draft.bits = random.pick([0, 0x20ffffff, 0x217fffff, 0xff7fffff, 0x00800000, 0x01000000]);
  },
  "no work": (draft) => {
    draft.hasWork = false;
  },
  "time of the median or before": (draft, random, model) => {
    draft.time = model.medianTimePast - random.below(3) * 1000;
  },
  "earliest time": (draft, _, model) => {
    draft.time = model.medianTimePast + 1;
  },
  "latest time": (draft, _, model) => {
    draft.time = model.now + TWO_HOURS;
  },
  "time too far ahead": (draft, random, model) => {
    draft.time = random.pick([model.now + TWO_HOURS + 1, 0xffffffff, 0x80000000]);
  },
  "time of zero": (draft) => {
    draft.time = 0;
  },
  "unknown parent": (draft, random) => {
    draft.prevHash = random.bytes(32);
  },
  "no parent": (draft) => {
    draft.prevHash = new Uint8Array(32);
  },
  "refused parent": (draft, random, model) => {
    if (model.refused.length > 0) draft.prevHash = random.pick(model.refused).hash;
  },
  "older parent": (draft, random, model) => {
    const height = Math.max(0, model.height - 1 - random.below(20));
    draft.prevHash = model.hashes[height] as Uint8Array;
    draft.transactions = [];
    const script = concatBytes(heightPush(height + 1), random.bytes(4));
    const inputs = draft.coinbase.inputs.map((input) => ({ ...input, script }));
    draft.coinbase = { ...draft.coinbase, inputs };
  },
  "wrong merkle root": (draft, random) => {
    draft.merkleRoot = random.oneIn(3) ? new Uint8Array(32) : random.bytes(32);
  },
};
