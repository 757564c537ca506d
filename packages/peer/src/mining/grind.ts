import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { decodeTarget } from "@compeer/protocol/consensus/difficulty";
import { grindHeader } from "@compeer/protocol/crypto/grind";

/** Up to so many tries stay on this thread: starting another takes longer. */
const INLINE_TRIES = 20_000;

/** What a grinding thread is sent. */
export interface GrindTask {
  readonly header: Uint8Array;
  readonly target: Uint8Array;
  readonly tries: number;
}

/**
 * Looks for a nonce, from 0 up, with which the hash of `header` meets its target. Long searches run in
 * a thread of their own.
 *
 * @param bits the target in compact form
 * @param tries at most so many nonces
 * @returns the nonce; null when none is found or `signal` says stop
 */
export async function grind(
  header: Uint8Array,
  bits: number,
  tries: number,
  signal?: AbortSignal,
): Promise<number | null> {
  const target = targetBytes(bits);
  const first = Math.min(tries, INLINE_TRIES);
  const soon = grindHeader(header, target, 0, first);
  if (soon >= 0) return soon;
  if (tries <= first || signal?.aborted) return null;
  const nonce = await grindInThread({ header, target, tries }, signal);
  return nonce < 0 ? null : nonce;
}

async function grindInThread(task: GrindTask, signal?: AbortSignal): Promise<number> {
  const worker = new Worker(new URL("./grind-worker.js", import.meta.url));
  try {
    const answer = once(worker, "message", signal ? { signal } : {});
    worker.postMessage(task);
    const [nonce] = (await answer) as [number];
    return nonce;
  } catch (error) {
    if (signal?.aborted) return -1;
    throw error;
  } finally {
    await worker.terminate();
  }
}

/** A target as the 32 bytes of a hash in wire order: lowest byte first. */
function targetBytes(bits: number): Uint8Array {
  const bytes = new Uint8Array(32);
  let rest = decodeTarget(bits).target;
  for (let i = 0; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}
