import { bestOf } from "./best-of.ts";
import type { FragmentShape, StackBounds, Trace } from "./miniscript-node.ts";

const NEVER = Number.NEGATIVE_INFINITY;
const IMPOSSIBLE: Trace = { net: NEVER, peak: NEVER };
const NOTHING: Trace = { net: 0, peak: 0 };
/** A push, OP_DUP, OP_SIZE. */
const PUSH: Trace = { net: -1, peak: 0 };
/** OP_IF, OP_VERIFY, OP_EQUAL, OP_CHECKSIG, OP_BOOLAND, OP_ADD. */
const DROP: Trace = { net: 1, peak: 1 };
const EQUAL_VERIFY: Trace = { net: 2, peak: 2 };

/** One after the other. */
function chain(...traces: readonly Trace[]): Trace {
  let whole = NOTHING;
  for (const next of traces) {
    if (whole.net === NEVER || next.net === NEVER) return IMPOSSIBLE;
    whole = { net: whole.net + next.net, peak: Math.max(next.peak, next.net + whole.peak) };
  }
  return whole;
}

function either(a: Trace, b: Trace): Trace {
  return { net: Math.max(a.net, b.net), peak: Math.max(a.peak, b.peak) };
}

/** Core: CalcStackSize. */
export function computeStack({ fragment, subs, k, keys }: FragmentShape): StackBounds {
  const [x, y, z] = subs.map((sub) => sub.stack) as [StackBounds, StackBounds, StackBounds];
  switch (fragment) {
    case "0":
      return { sat: IMPOSSIBLE, dsat: PUSH };
    case "1":
    case "older":
    case "after":
      return { sat: PUSH, dsat: IMPOSSIBLE };
    case "pk_k":
      return { sat: PUSH, dsat: PUSH };
    case "pk_h": {
      const both = chain(PUSH, PUSH, EQUAL_VERIFY);
      return { sat: both, dsat: both };
    }
    case "sha256":
    case "hash256":
    case "ripemd160":
    case "hash160":
      return { sat: chain(PUSH, PUSH, EQUAL_VERIFY, PUSH, DROP), dsat: IMPOSSIBLE };
    case "multi": {
      const both = { net: k, peak: k + keys.length + 2 };
      return { sat: both, dsat: both };
    }
    case "multi_a": {
      const both = { net: keys.length - 1, peak: keys.length };
      return { sat: both, dsat: both };
    }
    case "and_v":
      return { sat: chain(x.sat, y.sat), dsat: IMPOSSIBLE };
    case "and_b":
      return { sat: chain(x.sat, y.sat, DROP), dsat: chain(x.dsat, y.dsat, DROP) };
    case "or_b":
      return {
        sat: chain(either(chain(x.sat, y.dsat), chain(x.dsat, y.sat)), DROP),
        dsat: chain(x.dsat, y.dsat, DROP),
      };
    case "or_c":
      return { sat: either(chain(x.sat, DROP), chain(x.dsat, DROP, y.sat)), dsat: IMPOSSIBLE };
    case "or_d":
      return {
        sat: either(chain(x.sat, PUSH, DROP), chain(x.dsat, DROP, y.sat)),
        dsat: chain(x.dsat, DROP, y.dsat),
      };
    case "or_i":
      return { sat: chain(DROP, either(x.sat, y.sat)), dsat: chain(DROP, either(x.dsat, y.dsat)) };
    case "andor":
      return {
        sat: either(chain(x.sat, DROP, y.sat), chain(x.dsat, DROP, z.sat)),
        dsat: chain(x.dsat, DROP, z.dsat),
      };
    case "thresh": {
      const added = subs.map((sub, place) =>
        place === 0
          ? sub.stack
          : { sat: chain(sub.stack.sat, DROP), dsat: chain(sub.stack.dsat, DROP) },
      );
      const best = bestOf(added, NOTHING, chain, either);
      return {
        sat: chain(best[k] as Trace, PUSH, DROP),
        dsat: chain(best[0] as Trace, PUSH, DROP),
      };
    }
    case "c":
      return { sat: chain(x.sat, DROP), dsat: chain(x.dsat, DROP) };
    case "d":
      return { sat: chain(PUSH, DROP, x.sat), dsat: chain(PUSH, DROP) };
    case "v":
      return { sat: chain(x.sat, DROP), dsat: IMPOSSIBLE };
    case "j":
      return { sat: chain(PUSH, DROP, x.sat), dsat: chain(PUSH, DROP) };
    default:
      return x;
  }
}
