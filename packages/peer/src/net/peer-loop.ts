import { setImmediate as nextTurn } from "node:timers/promises";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeMessage } from "@compeer/protocol/wire/decode-message";
import { type Frame, printable } from "@compeer/protocol/wire/frame";
import { LimitError } from "@compeer/protocol/wire/limit-error";
import type { Judge } from "./judge.ts";
import type { MessageHandler } from "./message-handler.ts";
import type { NetLog } from "./net-parts.ts";
import type { Peer } from "./peer.ts";

/** Bytes of blocks that the chain may hold unjudged before more are handed to it, of all peers. */
const MAX_UNJUDGED_BYTES = 32_000_000;
/** Decoding a block of this size takes some milliseconds, and the checksum of its frame took as many. */
const LARGE_BYTES = 250_000;
/** The loop gives way to others after so long. */
const TURN_MS = 10;

interface LoopParts {
  readonly handler: MessageHandler;
  readonly judge: Judge;
  readonly log: NetLog;
}

/**
 * Handles the messages of each peer in order. Blocks are handed on without waiting for the verdict of
 * the one before; any other message waits until all blocks before it are judged, so that an answer tells
 * the state behind them. Nothing that a peer sends gets out of here as an exception.
 */
export class PeerLoop {
  readonly #parts: LoopParts;
  readonly #running = new Set<Peer>();
  #unjudgedBytes = 0;
  #wakers: (() => void)[] = [];

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** Starts on what waits, unless it is being worked on. */
  wake(peer: Peer): void {
    if (this.#running.has(peer)) return;
    this.#running.add(peer);
    this.#run(peer)
      .catch((error: unknown) => this.#fail(peer, error))
      .finally(() => this.#running.delete(peer));
  }

  async #run(peer: Peer): Promise<void> {
    let turnEnds = performance.now() + TURN_MS;
    for (let frame = peer.connection.next(); frame !== null; frame = peer.connection.next()) {
      if (peer.connection.isSendBufferFull) await peer.connection.drained();
      if (frame.command === "block") await this.#startBlock(peer, frame);
      else {
        if (frame.command !== "pong" && peer.verdicts.size > 0) await Promise.all(peer.verdicts);
        await this.#dispatch(peer, frame);
      }
      if (peer.connection.isClosed) break;
      this.#parts.handler.tick(peer);
      if (performance.now() < turnEnds) continue;
      await nextTurn();
      turnEnds = performance.now() + TURN_MS;
    }
  }

  async #startBlock(peer: Peer, frame: Frame): Promise<void> {
    const size = frame.payload.length;
    while (this.#unjudgedBytes > 0 && this.#unjudgedBytes + size > MAX_UNJUDGED_BYTES)
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    this.#unjudgedBytes += size;
    if (size >= LARGE_BYTES) await nextTurn();
    const verdict = this.#dispatch(peer, frame).finally(() => {
      peer.verdicts.delete(verdict);
      this.#unjudgedBytes -= size;
      for (const wake of this.#wakers.splice(0)) wake();
    });
    peer.verdicts.add(verdict);
  }

  async #dispatch(peer: Peer, { command, payload }: Frame): Promise<void> {
    const { handler, log } = this.#parts;
    log.debug("net", `received: ${printable(command)} (${payload.length} bytes) peer=${peer.id}`);
    const start = performance.now();
    try {
      const handled = handler.handle(peer, decodeMessage(command, payload));
      peer.handlingMs += performance.now() - start;
      peer.messageCount++;
      await handled;
    } catch (error) {
      if (error instanceof LimitError) this.#parts.judge.misbehaving(peer, error.message);
      else if (error instanceof DecodeError) this.#undecodable(command, payload, error);
      else this.#fail(peer, error);
    }
  }

  /** As Core does: the message is dropped, its sender stays. */
  #undecodable(command: string, payload: Uint8Array, error: DecodeError): void {
    this.#parts.log.debug(
      "net",
      `ProcessMessages(${printable(command)}, ${payload.length} bytes): Exception '${error.message}' caught`,
    );
  }

  /** Our own fault, or the disk's: the peer goes, the process stays. */
  #fail(peer: Peer, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.log.error(
      `message of peer=${peer.id} could not be handled, disconnecting: ${text}`,
    );
    peer.connection.close();
  }
}
