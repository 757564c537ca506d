import type { Wallet } from "../wallet.ts";
import type { SignerCommand } from "./external-signer.ts";

/** The program that talks to the signer of a wallet. */
export function signerCommand({ options, network }: Wallet): SignerCommand {
  return { command: options.signer, chain: network.name };
}
