import type { SignatureBackend } from "../signature-backend.ts";

/**
 * Native backends, fastest first; each is null where it does not load. Outside Node there is none.
 *
 * @public reached as #native/backends
 */
export const nativeBackends: readonly (() => SignatureBackend | null)[] = [];
