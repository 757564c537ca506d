import type { SignatureBackend } from "../signature-backend.ts";
import { openAddon } from "./addon-backend.ts";
import { openSystemLibrary } from "./system-backend.ts";

/** Native backends, fastest first; each is null where it does not load. */
export const nativeBackends: readonly (() => SignatureBackend | null)[] = [
  openSystemLibrary,
  openAddon,
];
