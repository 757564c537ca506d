import { DecodeError } from "../bytes/decode-error.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

/** First byte of a CompactSize of 64 bits. */
const WIDE = 255;

/** Service bits as addrv2 and address files have them: a CompactSize of which no bit may be lost (BIP155). */
export function decodeServices(reader: Reader): bigint {
  if (reader.left === 0 || reader.bytes[reader.position] !== WIDE)
    return BigInt(reader.compactSizeUnbounded());
  reader.skip(1);
  const services = reader.u64big();
  if (services < 0x100000000n) throw new DecodeError("non-canonical ReadCompactSize()");
  return services;
}

export function encodeServices(writer: Writer, services: bigint): void {
  if (services < 0x100000000n) writer.compactSize(Number(services));
  else writer.u8(WIDE).u64big(services);
}
