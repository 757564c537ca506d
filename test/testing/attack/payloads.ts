import { createHash } from "node:crypto";

const REGTEST_BITS = 0x207fffff;
const HEADER_SIZE = 80;

/** An inv, getdata or notfound of `count` hashes that nobody has, numbered from `first` on. */
export function inventory(kind: number, first: number, count: number): Uint8Array {
  const payload = Buffer.alloc(3 + 36 * count, 0xa5);
  payload.writeUInt8(0xfd, 0);
  payload.writeUInt16LE(count, 1);
  for (let i = 0; i < count; i++) {
    payload.writeUInt32LE(kind, 3 + 36 * i);
    payload.writeUInt32LE(first + i + 1, 7 + 36 * i);
  }
  return payload;
}

/** An addr message of `count` IPv4 addresses, each of another group than the one before. */
export function floodOfAddresses(first: number, count: number): Uint8Array {
  const payload = Buffer.alloc(3 + 30 * count);
  payload.writeUInt8(0xfd, 0);
  payload.writeUInt16LE(count, 1);
  const now = Math.floor(Date.now() / 1000);
  for (let i = 0; i < count; i++) {
    const at = 3 + 30 * i;
    const n = first + i;
    payload.writeUInt32LE(now - 3600, at);
    payload.writeUInt8(9, at + 4);
    payload.fill(0xff, at + 22, at + 24);
    payload.set([20 + (n % 100), (n >> 7) & 255, (n >> 15) & 255, 1 + (n & 127)], at + 24);
    payload.writeUInt16BE(8333, at + 28);
  }
  return payload;
}

/** Headers messages of `count` headers each, in a row behind a block, with regtest's little work. */
export function* headerFlood(
  prevHash: Uint8Array,
  time: number,
  count: number,
): Generator<Uint8Array> {
  let before = prevHash;
  let seconds = time;
  for (;;) {
    const payload = Buffer.alloc(3 + (HEADER_SIZE + 1) * count);
    payload.writeUInt8(0xfd, 0);
    payload.writeUInt16LE(count, 1);
    for (let i = 0; i < count; i++) {
      const at = 3 + (HEADER_SIZE + 1) * i;
      const header = payload.subarray(at, at + HEADER_SIZE);
      header.writeUInt32LE(0x20000000, 0);
      header.set(before, 4);
      header.writeUInt32LE(++seconds, 68);
      header.writeUInt32LE(REGTEST_BITS, 72);
      before = grind(header);
    }
    yield payload;
  }
}

/** Counts the nonce up until the hash meets regtest's target; the hash. */
function grind(header: Buffer): Uint8Array {
  for (let nonce = 0; ; nonce++) {
    header.writeUInt32LE(nonce, 76);
    const once = createHash("sha256").update(header).digest();
    const hash = createHash("sha256").update(once).digest();
    if ((hash[31] as number) < 0x7f) return hash;
  }
}
