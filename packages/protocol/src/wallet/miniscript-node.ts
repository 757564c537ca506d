import type { Fragment, MiniscriptContext, MiniscriptType } from "./miniscript-type.ts";

/** The most of something, to satisfy an expression and to dissatisfy it. */
export interface Most {
  readonly sat: number;
  readonly dsat: number;
}

/**
 * Ways through a script: `net` is how much higher the stack may be before than after, `peak` how much
 * higher it may be in between than after. Core: SatInfo.
 */
export interface Trace {
  readonly net: number;
  readonly peak: number;
}

export interface StackBounds {
  readonly sat: Trace;
  readonly dsat: Trace;
}

/** What an expression costs at most. Sizes that are negative infinity: there is no such way. */
export interface MiniscriptBounds {
  readonly scriptSize: number;
  /** Opcodes that are no pushes. */
  readonly opcodes: number;
  /** Keys of executed multi(), which count as opcodes. */
  readonly multisigKeys: Most;
  /** Bytes of the witness, each item with its length. */
  readonly witness: Most;
  readonly stack: StackBounds;
}

/** An expression of miniscript (BIP379), whose keys are of any kind. */
export interface Miniscript<K> extends MiniscriptBounds {
  readonly context: MiniscriptContext;
  readonly fragment: Fragment;
  readonly subs: readonly Miniscript<K>[];
  /** Of older() and after() the lock, of thresh() and multi() the threshold; else 0. */
  readonly k: number;
  readonly keys: readonly K[];
  /** The hash of sha256() and its like. */
  readonly data: Uint8Array;
  readonly type: MiniscriptType;
}

/** What the type and the costs of an expression follow from. */
export type FragmentShape = Pick<Miniscript<unknown>, "context" | "fragment" | "subs" | "k"> & {
  readonly keys: readonly unknown[];
};
