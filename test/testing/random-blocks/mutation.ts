import type { Random } from "../random.ts";
import type { BlockDraft } from "./block-draft.ts";
import type { LedgerModel } from "./ledger-model.ts";

/** Makes a draft wrong in one way, or odd in a way that is allowed. */
export type Mutation = (draft: BlockDraft, random: Random, model: LedgerModel) => void;
