/**
 * The x of secret times point by native code. Outside Node there is none.
 *
 * @public reached as #native/key-agreement
 */
export function sharedPointX():
  | ((secret32: Uint8Array, pubkey33: Uint8Array) => Uint8Array)
  | null {
  return null;
}
