/** The few parts of WebAssembly that we use: the language library knows no global of that name. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports?: object) => { readonly exports: object };
  Memory: new (pages: { initial: number; maximum: number }) => WasmMemory;
  Table: new (entries: { element: "anyfunc"; initial: number; maximum: number }) => object;
};

/** Linear memory in pages of 64 KiB. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** What a module exports, as the caller knows it to be. Compiles and starts at once. */
export function instantiate<Exports>(bytes: Uint8Array, imports: object = {}): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Exports;
}

/** Memory of a size that never changes. */
export function wasmMemory(pages: number): WasmMemory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/** Table of functions of a size that never changes. */
export function wasmTable(size: number): object {
  return new WebAssembly.Table({ element: "anyfunc", initial: size, maximum: size });
}
