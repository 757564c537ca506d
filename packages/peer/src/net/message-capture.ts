import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { Clock } from "../clock/clock.ts";

const COMMAND_SIZE = 12;
const HEAD_SIZE = 24;

/** Is told of every message of one peer when it is sent or handled. */
export type MessageRecorder = (
  direction: "sent" | "recv",
  command: string,
  payload: Uint8Array,
) => void;

/**
 * Gives for a peer, named "host:port", what writes its messages to a file for each direction
 * (-capturemessages), or what does nothing where there is no folder for them. Core: CaptureMessageToFile.
 */
export function messageRecorders(
  folder: string | null,
  clock: Pick<Clock, "nowMs">,
): (peer: string) => MessageRecorder {
  if (folder === null) return () => () => {};
  return (peer) => {
    const own = join(folder, peer.replace(/[^\w.[\]]/g, "_"));
    return (direction, command, payload) => {
      mkdirSync(own, { recursive: true });
      const bytes = encodeRecord(Math.round(clock.nowMs() * 1000), command, payload);
      appendFileSync(join(own, `msgs_${direction}.dat`), bytes);
    };
  };
}

function encodeRecord(micros: number, command: string, payload: Uint8Array): Uint8Array {
  const name = new Uint8Array(COMMAND_SIZE);
  for (let i = 0; i < Math.min(command.length, COMMAND_SIZE); i++) name[i] = command.charCodeAt(i);
  const head = new Writer(HEAD_SIZE + payload.length).u64(micros).raw(name);
  return head.u32(payload.length).raw(payload).finish();
}
