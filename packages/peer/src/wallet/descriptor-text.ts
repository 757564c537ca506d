import { createHash } from "node:crypto";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { ExtendedKey } from "@compeer/protocol/crypto/hd-key";
import { formatDescriptor, hasSecrets } from "@compeer/protocol/wallet/expand-descriptor";
import { formatKeyPath, parseKeyPaths } from "@compeer/protocol/wallet/key-path";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";

/** One descriptor as a wallet keeps it: what may be seen, and what may not. */
export interface SplitDescriptor {
  /** With public keys only, derived as far as hardened steps go. */
  readonly descriptor: Descriptor;
  /** Text of `descriptor`, with checksum. */
  readonly text: string;
  /** With secrets, as it was written, without checksum; null when there are none in it. */
  readonly secretText: string | null;
  /** As it was written, with public keys in place of secrets, with checksum. */
  readonly rootText: string;
  /** Texts of the extended public keys whose secrets are in it. */
  readonly secretKeys: readonly string[];
  /** Two that mean the same keys along the same paths have one. */
  readonly id: string;
}

const MULTIPATH = /<([^>]*)>/g;
/** Origin, extended private key, path, wildcard. */
const SECRET_KEY =
  /(?:\[([0-9a-fA-F]{8})((?:\/[0-9]+[h']?)*)\])?([xt]prv[1-9A-HJ-NP-Za-km-z]+)((?:\/[0-9]+[h']?)*)(\/\*[h']?)?/g;

/**
 * Parts the descriptors that a text means (several with a multipath step, BIP389) into what is public
 * and what is secret.
 *
 * @throws DecodeError in Core's words
 */
export function splitDescriptor(
  text: string,
  network: Network,
  requireChecksum = false,
): readonly SplitDescriptor[] {
  const payload = text.split("#")[0] as string;
  return parseDescriptor(text, network, requireChecksum).map((parsed) => {
    const single = payload.replace(MULTIPATH, (_, choices: string) => {
      const list = choices.split(";");
      return list[parsed.variant % list.length] as string;
    });
    const [reduced] = parseDescriptor(publicText(single, network), network) as [Descriptor];
    const text = formatDescriptor(reduced);
    const [descriptor] = parseDescriptor(text, network) as [Descriptor];
    const rootText = formatDescriptor(parsed);
    return {
      descriptor,
      text,
      secretText: hasSecrets(parsed) ? single : null,
      rootText,
      secretKeys: secretKeys(single, network),
      id: descriptorId(rootText),
    };
  });
}

function secretKeys(text: string, network: Network): string[] {
  const keys = [...text.matchAll(SECRET_KEY)].map(([, , , key = ""]) =>
    extendedKey(key, network).formatPublic(),
  );
  return [...new Set(keys)];
}

function descriptorId(text: string): string {
  const plain = (text.split("#")[0] as string).replaceAll("'", "h");
  return createHash("sha256").update(plain).digest("hex");
}

/** Core: ToNormalizedString, which marks hardened steps by h. What is left of secrets has no hardened step behind it and falls away. */
function publicText(text: string, network: Network): string {
  return text
    .replaceAll("'", "h")
    .replaceAll(
      SECRET_KEY,
      (
        whole,
        fingerprint: string | undefined,
        origin: string | undefined,
        key: string,
        path: string,
        wildcard = "",
      ) => {
        if (/[h']/.test(wildcard)) return whole;
        const steps = path.split("/").slice(1);
        const hardened = steps.findLastIndex((step) => /[h']$/.test(step)) + 1;
        if (hardened === 0) return whole;
        const root = extendedKey(key, network);
        const [first = []] = parseKeyPaths(steps.slice(0, hardened), false);
        const start = fingerprint ?? root.fingerprint.toString(16).padStart(8, "0");
        const [known = []] = parseKeyPaths((origin ?? "").split("/").slice(1), false);
        const rest = steps.slice(hardened).map((step) => `/${step}`);
        const prefix = `[${start}${formatKeyPath([...known, ...first])}]`;
        return `${prefix}${root.at(first).formatPublic()}${rest.join("")}${wildcard}`;
      },
    );
}

/** @throws DecodeError unless it is an extended key of this network */
export function extendedKey(text: string, network: Network): ExtendedKey {
  return ExtendedKey.parse(text, {
    public: network.extendedPublicPrefix,
    private: network.extendedSecretPrefix,
  });
}
