import { JsonNumber, JsonObject, type JsonOut, JsonText } from "@compeer/protocol/rpc/json";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { TimeSlice } from "./time-slice.ts";

/** Items of a list from which it is written piece by piece. */
const LONG = 100;
/** How deep in an answer a long list is looked for. */
const DEPTH = 3;

/** As `writeJson` without indent; others are served while a long list is written. */
export async function writeLongJson(value: JsonOut): Promise<string> {
  return writePieces(value, new TimeSlice(), DEPTH);
}

async function writePieces(value: JsonOut, slice: TimeSlice, depth: number): Promise<string> {
  if (!hasLongList(value, depth)) return writeJson(value);
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (const item of value as readonly JsonOut[]) {
      items.push(writeJson(item));
      if (slice.isOver) await slice.rest();
    }
    return `[${items.join(",")}]`;
  }
  const members: string[] = [];
  for (const [name, item] of membersOf(value))
    if (item !== undefined)
      members.push(`${writeJson(name)}:${await writePieces(item, slice, depth - 1)}`);
  return `{${members.join(",")}}`;
}

function hasLongList(value: JsonOut, depth: number): boolean {
  if (depth === 0 || value === null || typeof value !== "object") return false;
  if (value instanceof JsonNumber || value instanceof JsonText) return false;
  if (Array.isArray(value)) return value.length >= LONG;
  return membersOf(value).some(([, item]) => item !== undefined && hasLongList(item, depth - 1));
}

function membersOf(value: JsonOut): readonly (readonly [string, JsonOut | undefined])[] {
  if (value instanceof JsonObject) return value.entries;
  return Object.entries(value as { readonly [name: string]: JsonOut | undefined });
}
