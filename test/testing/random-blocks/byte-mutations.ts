import { strippedBytes } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { Mutation } from "./mutation.ts";

const HEADER_SIZE = 80;

/** What can be wrong with the bytes of a block whose header is right. */
export const byteMutations: Readonly<Record<string, Mutation>> = {
  "bytes behind the end": (draft, random) => {
    const tail = random.bytes(1 + random.below(40));
    draft.afterSeal = (raw) => concatBytes(raw, tail);
  },
  "end cut off": (draft, random) => {
    draft.afterSeal = (raw) => raw.slice(0, random.below(raw.length));
  },
  "one byte changed": (draft, random) => {
    draft.afterSeal = (raw) => {
      const changed = raw.slice();
      const at = HEADER_SIZE + random.below(raw.length - HEADER_SIZE);
      changed[at] = random.below(256);
      return changed;
    };
  },
  "one byte of the header changed": (draft, random) => {
    draft.afterSeal = (raw) => {
      const changed = raw.slice();
      changed[random.below(HEADER_SIZE)] = random.below(256);
      return changed;
    };
  },
  "header alone": (draft) => {
    draft.afterSeal = (raw) => raw.slice(0, HEADER_SIZE);
  },
  "no transactions": (draft, random) => {
    if (random.oneIn(2)) draft.merkleRoot = new Uint8Array(32);
    draft.afterRoot = () => [];
  },
  "only the coinbase": (draft) => {
    draft.afterRoot = (raws) => raws.slice(0, 1);
  },
  "last transaction left out": (draft) => {
    draft.afterRoot = (raws) => raws.slice(0, -1);
  },
  "last transactions twice, with the same root": (draft) => {
    // CVE-2012-2459: an odd level pairs its last hash with itself.
    draft.afterRoot = (raws) => {
      if (raws.length === 1 || raws.length % 2 === 1) return [...raws, ...raws.slice(-1)];
      return [...raws, ...raws.slice(-2)];
    };
  },
  "count of transactions in a longer form": (draft) => {
    draft.afterSeal = (raw) => {
      const count = raw[HEADER_SIZE] as number;
      const long = Uint8Array.of(0xfd, count, 0);
      return concatBytes(raw.subarray(0, HEADER_SIZE), long, raw.subarray(HEADER_SIZE + 1));
    };
  },
  "count of transactions without end": (draft, random) => {
    const count = random.pick([0xffff, 0x2000000, 0xffffffff]);
    draft.afterSeal = (raw) =>
      concatBytes(
        raw.subarray(0, HEADER_SIZE),
        new Writer(9).compactSize(count).finish(),
        raw.subarray(HEADER_SIZE + 1),
      );
  },
  "witness flag": (draft, random) => {
    const flag = random.pick([0, 1, 2, 3, 255]);
    draft.afterRoot = (raws) =>
      raws.map((raw, i) => (i === 0 && raw[4] === 0 ? raw.with(5, flag) : raw));
  },
  "witnesses all stripped": (draft) => {
    draft.afterRoot = (raws) => raws.map(stripped);
  },
  "witness marker without a witness": (draft) => {
    draft.afterRoot = (raws) =>
      raws.map((raw) => {
        if (raw[4] === 0) return raw;
        const inputs = raw[4] as number;
        const marker = Uint8Array.of(0, 1);
        const middle = raw.subarray(4, -4);
        return concatBytes(
          raw.subarray(0, 4),
          marker,
          middle,
          new Uint8Array(inputs),
          raw.subarray(-4),
        );
      });
  },
};

function stripped(raw: Uint8Array): Uint8Array {
  if (raw[4] !== 0) return raw;
  return strippedBytes(parseTransaction(raw));
}
