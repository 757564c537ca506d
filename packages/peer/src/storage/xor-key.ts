import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { FlatFiles } from "./flat-files.ts";
import { isZeroKey, KEY_SIZE, randomKey, ZERO_KEY } from "./obfuscation.ts";

const FILE = "xor.dat";

/**
 * The key that the block files are stored under: what `xor.dat` says, else a new one. A folder that
 * has files already gets the zero key, since these are plain. Core: InitBlocksdirXorKey.
 *
 * @throws Error when `wanted` is false and the files lie under a key
 */
export function loadXorKey(files: FlatFiles, wanted: boolean): Uint8Array {
  const isNew = files.names().every((name) => name.startsWith(".") || name === "index");
  const stored = files.readSync(FILE, KEY_SIZE);
  const key = stored ?? (wanted && isNew ? randomKey() : ZERO_KEY);
  if (key.length !== KEY_SIZE) throw new Error(`${FILE} has not ${KEY_SIZE} bytes`);
  if (stored === undefined) files.write(FILE, 0, key);
  if (!wanted && !isZeroKey(key))
    throw new Error(
      "The blocksdir XOR-key can not be disabled when a random key was already stored! " +
        `Stored key: '${encodeHex(key)}', stored path: '${files.path(FILE)}'.`,
    );
  return key;
}
