/** How far a block was checked, what of it is on disk, and whether it failed. Core: BlockStatus in src/chain.h. */

/** The header stands in the tree: proof of work, difficulty and time are right. */
export const VALID_TREE = 2;
/** The block is right by itself and in its place; its transactions are counted. */
export const VALID_TRANSACTIONS = 3;
/** It was connected once: coins and scripts are right as well. */
export const VALID_SCRIPTS = 5;
export const VALID_MASK = 7;
export const HAVE_DATA = 8;
export const HAVE_UNDO = 16;
/** It broke a rule itself. */
export const FAILED_VALID = 32;
/** It descends from a block that broke a rule. */
export const FAILED_CHILD = 64;
export const FAILED_MASK: number = FAILED_VALID | FAILED_CHILD;
/** The data came with its witnesses. */
export const OPT_WITNESS = 128;
