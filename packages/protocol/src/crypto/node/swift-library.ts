import type { SwiftLibrary } from "../swift-library.ts";
import { type Koffi, type Library, useSystemLibrary } from "./system-library.ts";

/** SECP256K1_CONTEXT_NONE. */
const CONTEXT_NONE = 1;

let opened: SwiftLibrary | null | undefined;

/** libsecp256k1 of the system where it has its ellswift module, as from version 0.4 on; opened by the first call. */
export function swiftLibrary(): SwiftLibrary | null {
  if (opened === undefined) opened = useSystemLibrary(openSwift);
  return opened;
}

function openSwift(koffi: Koffi, library: Library): SwiftLibrary {
  const context: unknown = library.func("void *secp256k1_context_create(unsigned int flags)")(
    CONTEXT_NONE,
  );
  const create = library.func(
    "int secp256k1_ellswift_create(void *context, _Out_ uint8_t *out, const uint8_t *secret, const uint8_t *random)",
  );
  const agree = library.func(
    "int secp256k1_ellswift_xdh(void *context, _Out_ uint8_t *out, const uint8_t *a, const uint8_t *b, const uint8_t *secret, int party, void *hash, void *data)",
  );
  const symbol = "secp256k1_ellswift_xdh_hash_function_bip324";
  const hash: unknown = koffi.decode(library.symbol(symbol, "void *"), "void *");

  return {
    create(secret32, random32) {
      const out = new Uint8Array(64);
      if (create(context, out, secret32, random32) !== 1) throw new Error("not a secret key");
      return out;
    },

    agree(secret32, initiators64, responders64, isInitiator) {
      const out = new Uint8Array(32);
      const party = isInitiator ? 0 : 1;
      const done: unknown = agree(
        context,
        out,
        initiators64,
        responders64,
        secret32,
        party,
        hash,
        null,
      );
      if (done !== 1) throw new Error("not a secret key");
      return out;
    },
  };
}
