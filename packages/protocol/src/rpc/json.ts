/** A number of a JSON text, kept as it was written: amounts must not pass through a double. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An object of a JSON text: its members in order, repeated names included, as Core's univalue keeps them. */
export class JsonObject {
  readonly entries: readonly (readonly [string, JsonOut])[];

  constructor(entries: readonly (readonly [string, JsonOut])[]) {
    this.entries = entries;
  }
}

/** JSON text of a value, written as it is: where much of many values is the same, it is made once. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What `parseJson` returns. */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;

/**
 * What `writeJson` takes. Members that are undefined are left out. Keep in mind that JavaScript
 * moves keys like "7" to the front of a plain object; a `JsonObject` keeps the order.
 */
export type JsonOut =
  | null
  | boolean
  | string
  | number
  | bigint
  | JsonNumber
  | JsonText
  | JsonObject
  | readonly JsonOut[]
  | { readonly [name: string]: JsonOut | undefined };

/** The first member called `name` of a parsed object, or undefined. Core: UniValue::find_value. */
export function member(object: JsonObject, name: string): Json | undefined {
  const found = object.entries.find(([key]) => key === name);
  return found && (found[1] as Json);
}

/** The names of the types in Core's error messages. Core: uvTypeName. */
export type JsonTypeName = "null" | "bool" | "object" | "array" | "string" | "number";

/** Core: uvTypeName. */
export function typeName(value: Json): JsonTypeName {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (value instanceof JsonNumber) return "number";
  return value instanceof JsonObject ? "object" : "array";
}
