import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";

const MIN_ID = 4;
const MAX_ID = 80;
const MAX_DATA = 512;

/** BIP434: something that the sender can do beyond the protocol, said between version and verack. */
export interface FeatureMessage {
  readonly type: "feature";
  /** Its BIP, or what else nobody would choose by chance; 4 to 80 printable characters. */
  readonly id: string;
  /** What the feature itself gives a meaning to, up to 512 bytes. */
  readonly data: Uint8Array;
}

/** @throws DecodeError when a length is out of bounds or bytes are left over */
export function decodeFeature(payload: Uint8Array): FeatureMessage {
  const reader = new Reader(payload);
  const name = reader.varBytes(MAX_ID);
  if (name.length < MIN_ID) throw new DecodeError("feature id too short");
  const data = reader.varBytes(MAX_DATA).slice();
  reader.end();
  return { type: "feature", id: String.fromCharCode(...name), data };
}

/** @throws RangeError when the id or the data has not the size that BIP434 wants */
export function encodeFeature({ id, data }: FeatureMessage): Uint8Array {
  if (!/^[ -~]{4,80}$/.test(id)) throw new RangeError(`not a feature id: ${id}`);
  if (data.length > MAX_DATA) throw new RangeError(`${data.length} bytes of feature data`);
  const name = Uint8Array.from(id, (character) => character.charCodeAt(0));
  return new Writer(name.length + data.length + 4).varBytes(name).varBytes(data).finish();
}
