import { listSigners, type SignerCommand } from "../../wallet/signer/external-signer.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";

/** What asks the program of -signer, whatever the wallet. */
export function signerMethods(program: SignerCommand): readonly RpcMethod[] {
  return [
    rpcMethod("enumeratesigners", {
      description: "The devices with keys that the program of -signer finds.",
      run: async () => {
        const signers = await listSigners(program);
        return { signers: signers.map(({ fingerprint, name }) => ({ fingerprint, name })) };
      },
    }),
  ];
}
