import type { Network } from "@compeer/protocol/bitcoin/network";
import { type NetworkOptions, networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";

/**
 * The network that the settings choose, with a signet's challenge and regtest's overrides.
 *
 * @throws SettingsError in Core's words
 */
export function networkOf(settings: Settings): Network {
  const challenge = settings.list("signetchallenge");
  const ownSignet = settings.chain === "signet" && challenge.length > 0;
  const options: NetworkOptions = {
    ...(ownSignet
      ? {
          signetChallenge: challengeOf(challenge),
          signetSeeds: settings.list("signetseednode"),
        }
      : {}),
    testActivationHeights: settings.list("testactivationheight"),
    versionBits: settings.list("vbparams"),
    enforceBip94: settings.list("test").includes("bip94"),
    fastPrune: settings.flag("fastprune"),
  };
  try {
    return networkByName(settings.chain, options);
  } catch (error) {
    if (error instanceof DecodeError) throw new SettingsError(error.message);
    throw error;
  }
}

function challengeOf(values: readonly string[]): Uint8Array {
  const [text = "", ...more] = values;
  if (more.length > 0) throw new SettingsError("-signetchallenge cannot be multiple values.");
  if (!isHex(text)) throw new SettingsError(`-signetchallenge must be hex, not '${text}'.`);
  return decodeHex(text);
}
