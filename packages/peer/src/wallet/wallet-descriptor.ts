import type { Descriptor } from "@compeer/protocol/wallet/parse-descriptor";
import type { OutputType } from "./output-type.ts";

/** A descriptor of a wallet. Only the wallet's script book changes it. */
export interface WalletDescriptor {
  /** Row in the store. */
  readonly number: number;
  /** Hash of the public text as it was first written: two that mean the same keys have one. Hex. */
  readonly id: string;
  /** Public keys only. */
  readonly descriptor: Descriptor;
  /** Public text with checksum, derived as far as hardened steps go. */
  readonly text: string;
  /** As it was written, with public keys in place of secrets, with checksum. */
  readonly rootText: string;
  /** Texts of the extended public keys whose secrets are known. */
  readonly secretKeys: readonly string[];
  readonly type: OutputType | null;
  readonly isRanged: boolean;
  readonly hasSecret: boolean;
  /** Nothing earlier pays to it: seconds since 1970. */
  readonly timestamp: number;
  /** New addresses come from it. */
  readonly active: boolean;
  /** For change; null for one that was never active. */
  readonly internal: boolean | null;
  readonly rangeStart: number;
  /** First index behind those watched. */
  readonly rangeEnd: number;
  /** Index of the next new address. */
  readonly nextIndex: number;
}

/** What a script is to the wallet. */
export interface OwnedScript {
  readonly descriptor: WalletDescriptor;
  readonly index: number;
  readonly isChange: boolean;
  readonly type: OutputType | null;
}
