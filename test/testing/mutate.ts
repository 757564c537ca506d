import type { Random } from "./random.ts";

/** Numbers that sit at the edges of what fields hold. */
const EDGES = [0, 1, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff];

/** A copy with some bytes changed, put in, taken out, or its end cut off. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times--) changed = mutateOnce(changed, random);
  return changed;
}

function mutateOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = 1 + random.below(8);
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return splice(bytes, at, 0, random.bytes(length));
    case 2:
      return splice(bytes, at, length, new Uint8Array(0));
    case 3:
      return splice(bytes, at, 1, Uint8Array.of(random.pick(EDGES)));
    case 4:
      return splice(bytes, at, length, new Uint8Array(length).fill(0xff));
    default:
      return splice(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
  }
}

function splice(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Uint8Array {
  const end = Math.min(at + gone, bytes.length);
  const result = new Uint8Array(at + put.length + bytes.length - end);
  result.set(bytes.subarray(0, at));
  result.set(put, at);
  result.set(bytes.subarray(end), at + put.length);
  return result;
}
