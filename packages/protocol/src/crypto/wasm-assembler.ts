/** Types of values, as WebAssembly encodes them. */
export const I32 = 0x7f;
export const V128 = 0x7b;

/** One instruction or several in a row, as a tree of bytes: joining costs nothing until `assemble`. */
export type Code = readonly (number | Code)[] | Uint8Array;

/** A function of 32-bit integers. Locals are numbered behind the parameters. */
export interface WasmFunction {
  /** Exported under this name, or internal when null. */
  readonly name: string | null;
  readonly parameters: number;
  readonly results: 0 | 1;
  readonly locals: readonly { readonly count: number; readonly type: typeof I32 | typeof V128 }[];
  readonly body: Code;
}

/** A module of these functions over one exported memory of `pages` pages. WebAssembly core, section 5. */
export function assemble(functions: readonly WasmFunction[], pages: number): Uint8Array {
  const types = functions.map((it) => [
    0x60,
    vector(Array<Code>(it.parameters).fill([I32])),
    vector(Array<Code>(it.results).fill([I32])),
  ]);
  const exports = functions.flatMap((it, index) =>
    it.name === null ? [] : [[text(it.name), 0x00, unsigned(index)]],
  );
  const bodies = functions.map((it) =>
    sized([vector(it.locals.map(({ count, type }) => [unsigned(count), type])), it.body, 0x0b]),
  );
  return flatten([
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    [1, sized(vector(types))],
    [3, sized(vector(functions.map((_, index) => [unsigned(index)])))],
    [5, sized(vector([[0x01, unsigned(pages), unsigned(pages)]]))],
    [7, sized(vector([...exports, [text("memory"), 0x02, 0x00]]))],
    [10, sized(vector(bodies))],
  ]);
}

/** Code behind its length in bytes. */
function sized(code: Code): Code {
  const bytes = flatten(code);
  return [unsigned(bytes.length), bytes];
}

/** Items behind their count. */
function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function text(characters: string): Code {
  return vector(Array.from(characters, (character) => [character.charCodeAt(0)]));
}

/** Functions here have fewer bytes than that; more would throw. */
const scratch = new Uint8Array(65_536);

function flatten(code: Code): Uint8Array {
  const end = write(code, 0);
  if (end > scratch.length) throw new RangeError("module too large");
  return scratch.slice(0, end);
}

/** Writes the bytes of the tree at `at`; returns where they end. */
function write(code: Code, at: number): number {
  let end = at;
  for (let i = 0; i < code.length; i++) {
    const part = code[i] as number | Code;
    if (typeof part === "number") scratch[end++] = part;
    else end = write(part, end);
  }
  return end;
}

/** LEB128. */
export function unsigned(value: number): number | Code {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? low : [low | 0x80, unsigned(rest)];
}

/** LEB128 of a signed number. */
export function signed(value: number): number | Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return done ? low : [low | 0x80, signed(rest)];
}
