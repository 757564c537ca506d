const INPUT =
  "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
const CHECKSUM = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];

function step(sum: bigint, value: number): bigint {
  const top = sum >> 35n;
  let next = ((sum & 0x7ffffffffn) << 5n) ^ BigInt(value);
  for (const [bit, term] of GENERATOR.entries()) if ((top >> BigInt(bit)) & 1n) next ^= term;
  return next;
}

/** The eight characters behind "#", or null when the text has a character that descriptors never have (BIP380). */
export function descriptorChecksum(text: string): string | null {
  let sum = 1n;
  let group = 0;
  let members = 0;
  for (const character of text) {
    const position = INPUT.indexOf(character);
    if (position < 0) return null;
    sum = step(sum, position & 31);
    group = group * 3 + (position >> 5);
    if (++members < 3) continue;
    sum = step(sum, group);
    group = 0;
    members = 0;
  }
  if (members > 0) sum = step(sum, group);
  for (let i = 0; i < 8; i++) sum = step(sum, 0);
  sum ^= 1n;
  let checksum = "";
  for (let i = 0; i < 8; i++) checksum += CHECKSUM[Number((sum >> BigInt(5 * (7 - i))) & 31n)];
  return checksum;
}
