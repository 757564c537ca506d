import { Slab } from "../bytes/slab.ts";
import { type Aead, TAG_SIZE } from "../crypto/aead.ts";
import { type SwiftKeys, swiftSecret } from "../crypto/elligator-swift.ts";
import { FsChaCha20 } from "../crypto/fs-chacha20.ts";
import { FsChaCha20Poly1305 } from "../crypto/fs-chacha20-poly1305.ts";
import { Hkdf } from "../crypto/hmac-sha256.ts";

/** Bytes before each packet that tell its length. */
export const V2_LENGTH_SIZE = 3;
/** Bytes in the packet before its contents. */
export const V2_HEADER_SIZE = 1;
/** Bytes behind its contents. */
export const V2_TAG_SIZE: number = TAG_SIZE;
/** By how much a packet is longer than its contents. */
export const V2_EXPANSION: number = V2_LENGTH_SIZE + V2_HEADER_SIZE + V2_TAG_SIZE;

/** Flag in the header: the packet says nothing. */
export const V2_IGNORE = 0x80;
const REKEY_INTERVAL = 224;
const TERMINATOR_SIZE = 16;
const SALT = "bitcoin_v2_shared_secret";

/** Everything that two ends of a connection have derived from their common secret. Core: BIP324Cipher. */
export class V2Cipher {
  readonly sessionId: Uint8Array;
  readonly sendTerminator: Uint8Array;
  readonly receiveTerminator: Uint8Array;
  readonly #sendLength: FsChaCha20;
  readonly #sendPacket: FsChaCha20Poly1305;
  readonly #receiveLength: FsChaCha20;
  readonly #receivePacket: FsChaCha20Poly1305;
  readonly #slab = new Slab();

  /** @param aead another than the platform's quickest */
  constructor(
    ours: SwiftKeys,
    theirEncoded: Uint8Array,
    initiating: boolean,
    magic: Uint8Array,
    aead?: Aead,
  ) {
    const salt = new Uint8Array(SALT.length + magic.length);
    for (let i = 0; i < SALT.length; i++) salt[i] = SALT.charCodeAt(i);
    salt.set(magic, SALT.length);
    const keys = new Hkdf(salt, swiftSecret(ours, theirEncoded, initiating));
    const [we, they] = initiating ? ["initiator", "responder"] : ["responder", "initiator"];
    this.#sendLength = new FsChaCha20(keys.expand(`${we}_L`), V2_LENGTH_SIZE, REKEY_INTERVAL);
    this.#sendPacket = new FsChaCha20Poly1305(keys.expand(`${we}_P`), REKEY_INTERVAL, aead);
    this.#receiveLength = new FsChaCha20(keys.expand(`${they}_L`), V2_LENGTH_SIZE, REKEY_INTERVAL);
    this.#receivePacket = new FsChaCha20Poly1305(keys.expand(`${they}_P`), REKEY_INTERVAL, aead);
    const terminators = keys.expand("garbage_terminators");
    const initiators = terminators.subarray(0, TERMINATOR_SIZE);
    const responders = terminators.subarray(TERMINATOR_SIZE);
    this.sendTerminator = initiating ? initiators : responders;
    this.receiveTerminator = initiating ? responders : initiators;
    this.sessionId = keys.expand("session_id");
  }

  /** The next packet. Its contents come in two pieces: the type of a message and the payload. */
  seal(first: Uint8Array, second: Uint8Array, aad: Uint8Array, header = 0): Uint8Array {
    const length = first.length + second.length;
    const packet = this.#slab.cut(V2_EXPANSION + length);
    packet[0] = length;
    packet[1] = length >>> 8;
    packet[2] = length >>> 16;
    this.#sendLength.crypt(packet);
    packet[V2_LENGTH_SIZE] = header;
    packet.set(first, V2_LENGTH_SIZE + V2_HEADER_SIZE);
    packet.set(second, V2_LENGTH_SIZE + V2_HEADER_SIZE + first.length);
    this.#sendPacket.seal(aad, packet.subarray(V2_LENGTH_SIZE));
    return packet;
  }

  /** The length of the next packet's contents, from the three bytes before it, which are overwritten. */
  openLength(bytes: Uint8Array): number {
    this.#receiveLength.crypt(bytes);
    return (bytes[0] as number) | ((bytes[1] as number) << 8) | ((bytes[2] as number) << 16);
  }

  /** Decrypts the next packet, header to tag, where it lies; false when anything was changed on the way. */
  open(aad: Uint8Array, packet: Uint8Array): boolean {
    return this.#receivePacket.open(aad, packet);
  }
}
