import { rpc } from "../../rpc.ts";
import type { ImportRequest } from "./exported-descriptors.ts";

interface ImportAnswer {
  readonly success: boolean;
  readonly error?: { readonly code: number; readonly message: string };
}

/**
 * Makes an empty wallet and imports into it. A wallet into which nothing could be imported is closed again.
 *
 * @throws Error with the words of the first import that failed
 */
export async function createWithDescriptors(
  name: string,
  requests: readonly ImportRequest[],
  withPrivateKeys: boolean,
): Promise<void> {
  await rpc("createwallet", {
    wallet_name: name,
    disable_private_keys: !withPrivateKeys,
    blank: true,
    load_on_startup: true,
  });
  const answers = await rpc<readonly ImportAnswer[]>("importdescriptors", { requests }, name);
  const failed = answers.find(({ success }) => !success);
  if (failed === undefined) return;
  if (answers.every(({ success }) => !success))
    await rpc("unloadwallet", { wallet_name: name, load_on_startup: false });
  throw new Error(failed.error?.message ?? "The peer could not import one of them.");
}
