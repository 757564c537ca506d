import type { Opening } from "../crypto/aead.ts";
import { type SwiftKeys, swiftSecret } from "../crypto/elligator-swift.ts";
import { FsChaCha20 } from "../crypto/fs-chacha20.ts";
import { FsChaCha20Poly1305 } from "../crypto/fs-chacha20-poly1305.ts";
import { Hkdf } from "../crypto/hmac-sha256.ts";

/** Bytes before each packet that tell its length. */
export const V2_LENGTH_SIZE = 3;
/** Bytes in the packet before its contents. */
export const V2_HEADER_SIZE = 1;
/** Bytes behind its contents. */
export const V2_TAG_SIZE = 16;
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

  constructor(ours: SwiftKeys, theirEncoded: Uint8Array, initiating: boolean, magic: Uint8Array) {
    const salt = new Uint8Array(SALT.length + magic.length);
    for (let i = 0; i < SALT.length; i++) salt[i] = SALT.charCodeAt(i);
    salt.set(magic, SALT.length);
    const keys = new Hkdf(salt, swiftSecret(ours, theirEncoded, initiating));
    const [we, they] = initiating ? ["initiator", "responder"] : ["responder", "initiator"];
    this.#sendLength = new FsChaCha20(keys.expand(`${we}_L`), V2_LENGTH_SIZE, REKEY_INTERVAL);
    this.#sendPacket = new FsChaCha20Poly1305(keys.expand(`${we}_P`), REKEY_INTERVAL);
    this.#receiveLength = new FsChaCha20(keys.expand(`${they}_L`), V2_LENGTH_SIZE, REKEY_INTERVAL);
    this.#receivePacket = new FsChaCha20Poly1305(keys.expand(`${they}_P`), REKEY_INTERVAL);
    const terminators = keys.expand("garbage_terminators");
    const initiators = terminators.subarray(0, TERMINATOR_SIZE);
    const responders = terminators.subarray(TERMINATOR_SIZE);
    this.sendTerminator = initiating ? initiators : responders;
    this.receiveTerminator = initiating ? responders : initiators;
    this.sessionId = keys.expand("session_id");
  }

  /**
   * The next packet, in pieces to be sent in a row. Contents come in two pieces, so that a long payload
   * need not be copied behind its type.
   */
  seal(
    first: Uint8Array,
    second: Uint8Array,
    aad: Uint8Array,
    header = 0,
  ): readonly [head: Uint8Array, payload: Uint8Array, tag: Uint8Array] {
    const length = first.length + second.length;
    const sealing = this.#sendPacket.seal(aad);
    const start = new Uint8Array(V2_HEADER_SIZE + first.length);
    start[0] = header;
    start.set(first, V2_HEADER_SIZE);
    const head = new Uint8Array(V2_LENGTH_SIZE + start.length);
    head.set(this.#sendLength.crypt(Uint8Array.of(length, length >>> 8, length >>> 16)));
    head.set(sealing.update(start), V2_LENGTH_SIZE);
    return [head, sealing.update(second), sealing.finish()];
  }

  /** The length of the next packet's contents, from the three bytes before it. */
  openLength(bytes: Uint8Array): number {
    const plain = this.#receiveLength.crypt(bytes);
    return (plain[0] as number) | ((plain[1] as number) << 8) | ((plain[2] as number) << 16);
  }

  /** Begins on the next packet: header and contents, then the tag. */
  open(aad: Uint8Array): Opening {
    return this.#receivePacket.open(aad);
  }
}
