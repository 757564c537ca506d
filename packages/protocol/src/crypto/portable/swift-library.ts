import type { SwiftLibrary } from "../swift-library.ts";

/**
 * Outside Node there is none.
 *
 * @public reached as #native/swift-library
 */
export function swiftLibrary(): SwiftLibrary | null {
  return null;
}
