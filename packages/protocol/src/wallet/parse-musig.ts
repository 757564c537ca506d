import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex } from "../bytes/hex.ts";
import { ExtendedKey, type ExtendedKeyVersions, HARDENED } from "../crypto/hd-key.ts";
import { aggregateKey } from "./derive-key.ts";
import {
  isRangedKey,
  type KeyExpression,
  keyVariants,
  type MusigBranch,
} from "./key-expression.ts";
import { type KeyPath, parseKeyPaths } from "./key-path.ts";
import { splitArguments } from "./split-arguments.ts";

/** BIP328: chain code of the extended key that stands for an aggregate. */
const CHAIN_CODE = decodeHex("868087ca02a6f974c4598924c36b57762d32cb45717167e300622c7167e38965");

/**
 * A `musig(KEY,KEY,...)` with or without a path behind it (BIP390), of which `participant` reads the keys.
 *
 * @throws DecodeError in Core's words
 */
export function parseMusig(
  text: string,
  participant: (text: string) => KeyExpression,
  versions: ExtendedKeyVersions,
): KeyExpression {
  const parts = text.split(")");
  if (parts.length > 2) throw new DecodeError("Too many ')' in musig() expression");
  const [start = "", end] = parts;
  if (end === undefined || (end !== "" && !end.startsWith("/")))
    throw new DecodeError("Invalid musig() expression");
  const body = start.slice("musig(".length);
  if (body === "") throw new DecodeError("musig(): Must contain key expressions");
  const participants = splitArguments(body).map((part) => inMusig(() => participant(part)));
  const isRanged = end.endsWith("/*");
  const paths = end === "" ? [] : parsePaths(end, participants);
  return {
    source: {
      type: "musig",
      participants,
      branches: musigBranches(participants, paths, versions),
      wildcard: isRanged ? "unhardened" : "none",
    },
    origin: null,
    xOnly: true,
    mark: "h",
  };
}

function inMusig<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DecodeError) throw new DecodeError(`musig(): ${error.message}`);
    throw error;
  }
}

/** What is derived from the aggregate. */
function parsePaths(end: string, participants: readonly KeyExpression[]): readonly KeyPath[] {
  if (participants.some(({ source }) => source.type !== "extended"))
    throw new DecodeError("musig(): derivation requires all participants to be xpubs or xprvs");
  if (participants.some(isRangedKey))
    throw new DecodeError(
      "musig(): Cannot have ranged participant keys if musig() also has derivation",
    );
  const steps = end.slice(1).split("/");
  const last = steps.at(-1);
  if (last === "*'" || last === "*h")
    throw new DecodeError("musig(): Cannot have hardened child derivation");
  if (last === "*") steps.pop();
  const paths = inMusig(() => parseKeyPaths(steps, true));
  if (paths.some((path) => path.some((step) => step >= HARDENED)))
    throw new DecodeError("musig(): cannot have hardened derivation steps");
  return paths;
}

/** The key at the end of the path, for each choice of a multipath step. */
function musigBranches(
  participants: readonly KeyExpression[],
  paths: readonly KeyPath[],
  versions: ExtendedKeyVersions,
): readonly MusigBranch[] {
  const choices = participants.map(keyVariants);
  const most = Math.max(...choices);
  if (most > 1 && paths.length > 1)
    throw new DecodeError(
      "musig(): Cannot have multipath participant keys if musig() is also multipath",
    );
  if (choices.some((count) => count > 1 && count !== most))
    throw new DecodeError("musig(): Multipath derivation paths have mismatched lengths");
  if (paths.length === 0) return [];
  return Array.from({ length: Math.max(most, paths.length) }, (_, variant) => {
    const path = paths[variant % paths.length] as KeyPath;
    try {
      const aggregate = aggregateKey(participants, variant, 0);
      const root = ExtendedKey.fromPublicKey(aggregate, CHAIN_CODE, versions);
      return { path, root, key: root.at(path) };
    } catch (error) {
      // A participant lacks the secret for a hardened step.
      if (error instanceof RangeError) return { path, root: null, key: null };
      throw error;
    }
  });
}
