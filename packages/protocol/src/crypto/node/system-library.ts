import { createRequire } from "node:module";

/** By ABI version, newest first. */
const FILES: readonly string[] = [
  ...[6, 5, 2, 1, 0].map((version) => `libsecp256k1.so.${version}`),
  ...[6, 5, 2, 1, 0].map((version) => `libsecp256k1.${version}.dylib`),
  "/opt/homebrew/lib/libsecp256k1.dylib",
  ...[6, 5, 2, 1, 0].map((version) => `libsecp256k1-${version}.dll`),
];

export type Koffi = typeof import("koffi");
export type Library = ReturnType<Koffi["load"]>;

/** What `use` makes of the first libsecp256k1 of the system that has all it needs; null where none has. */
export function useSystemLibrary<T>(
  use: (koffi: Koffi, library: Library, file: string) => T,
): T | null {
  for (const file of FILES) {
    try {
      const koffi = createRequire(import.meta.url)("koffi") as Koffi;
      return use(koffi, koffi.load(file), file);
    } catch {
      // Not there, or built without what we need: the next one.
    }
  }
  return null;
}
