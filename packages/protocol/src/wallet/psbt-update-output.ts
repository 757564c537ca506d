import type { PsbtOutput } from "./psbt.ts";
import { DERIVATIONS, joinEntries, TAP_DERIVATIONS } from "./psbt-order.ts";
import type { SigningKey, SigningScript } from "./signing-script.ts";

/**
 * Tells an output what is known of its script, so that a signer may know its own change.
 * Core: UpdatePSBTOutput.
 */
export function updatePsbtOutput(
  output: PsbtOutput,
  { redeemScript, witnessScript, keys, taproot }: SigningScript,
  bip32derivs: boolean,
): PsbtOutput {
  const told = bip32derivs ? keys : [];
  const isTaproot = ({ publicKey }: SigningKey): boolean => publicKey.length === 32;
  const whole = told.filter((key) => !isTaproot(key));
  const tapped = told.filter(isTaproot);
  const tapTree = (taproot?.leaves ?? []).map(({ depth, version, script }) => ({
    depth,
    version,
    script,
  }));
  return {
    ...output,
    redeemScript: output.redeemScript ?? redeemScript,
    witnessScript: output.witnessScript ?? witnessScript,
    derivations: joinEntries(DERIVATIONS, output.derivations, whole.map(derivationOf)),
    tapInternalKey: taproot?.internalKey ?? output.tapInternalKey,
    tapTree: tapTree.length > 0 ? tapTree : output.tapTree,
    tapDerivations: joinEntries(
      TAP_DERIVATIONS,
      output.tapDerivations,
      tapped.map((key) => ({ ...derivationOf(key), leafHashes: key.leafHashes })),
    ),
  };
}

/** Without the secret, which has no place in a PSBT. */
function derivationOf({ publicKey, origin }: SigningKey): Pick<SigningKey, "publicKey" | "origin"> {
  return { publicKey, origin };
}
