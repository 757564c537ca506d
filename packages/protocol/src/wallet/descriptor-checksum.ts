const INPUT =
  "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
const CHECKSUM = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/** The generators of BIP380, each in two halves of 20 bits. */
const GENERATORS = [
  [0xf5dee, 0x51989],
  [0xa9fdc, 0xa3312],
  [0x1bab1, 0x0e32d],
  [0x3706b, 0x1677a],
  [0x644d6, 0x26ffd],
] as const;

/** A sum of 40 bits, in two numbers of 20 because bit operations take 32. */
class Checksum {
  high = 0;
  low = 1;

  add(value: number): void {
    const top = this.high >> 15;
    this.high = ((this.high & 0x7fff) << 5) | (this.low >> 15);
    this.low = ((this.low & 0x7fff) << 5) ^ value;
    for (let i = 0; i < GENERATORS.length; i++) {
      if (((top >> i) & 1) === 0) continue;
      const [high, low] = GENERATORS[i] as (typeof GENERATORS)[number];
      this.high ^= high;
      this.low ^= low;
    }
  }

  text(): string {
    for (let i = 0; i < 8; i++) this.add(0);
    this.low ^= 1;
    return letters(this.high) + letters(this.low);
  }
}

function letters(half: number): string {
  let text = "";
  for (let shift = 15; shift >= 0; shift -= 5) text += CHECKSUM[(half >> shift) & 31];
  return text;
}

/** The eight characters behind "#", or null when the text has a character that descriptors never have (BIP380). */
export function descriptorChecksum(text: string): string | null {
  const sum = new Checksum();
  let group = 0;
  let members = 0;
  for (const character of text) {
    const position = INPUT.indexOf(character);
    if (position < 0) return null;
    sum.add(position & 31);
    group = group * 3 + (position >> 5);
    if (++members < 3) continue;
    sum.add(group);
    group = 0;
    members = 0;
  }
  if (members > 0) sum.add(group);
  return sum.text();
}
