/** Type of an argument. "amount" is a number or string, "range" a number or array. Core: RPCArg::Type. */
export type RpcArgType = "str" | "num" | "amount" | "range" | "bool" | "obj" | "named" | "arr";

/** One argument of a method. Core: RPCArg. */
export interface RpcArg {
  /** Its name, then its older names: `verbosity|verbose`. */
  readonly names: string;
  readonly type: RpcArgType;
  readonly optional?: boolean;
  /** The default as JSON text; an argument with one is optional. Only told, never filled in. */
  readonly default?: string;
  /** Not in the help. */
  readonly hidden?: boolean;
  /** The handler checks the type itself. */
  readonly anyType?: boolean;
  /** A text that may hold "=": `-named` reads `x=y` as this text when there is no argument x. */
  readonly freeText?: boolean;
  /** On a command line: JSON, although the type says text. */
  readonly json?: boolean;
  /** On a command line: JSON when it parses as such, text otherwise. */
  readonly loose?: boolean;
  /** How the usage line shows it, when that is not just its name. */
  readonly usage?: string;
  /** What it is, for the help. */
  readonly about?: string;
  /** Members of a "named" object; a caller may pass them as named arguments. */
  readonly members?: readonly RpcArg[];
}

/** What a caller must know of a method. */
export interface RpcSignature {
  readonly name: string;
  readonly category: string;
  readonly args: readonly RpcArg[];
}

/** The name of an argument that is not an older one. */
export function firstName(arg: RpcArg): string {
  return arg.names.split("|", 1)[0] as string;
}

/** How many arguments a call must have at least. Core: RPCHelpMan::IsValidNumArgs. */
export function requiredCount(args: readonly RpcArg[]): number {
  return args.findLastIndex((arg) => !arg.optional) + 1;
}

/** First line of a method's help: `getblock "blockhash" ( verbosity )`. */
export function usageLine(method: RpcSignature): string {
  const words = [method.name];
  let inOptional = false;
  for (const arg of visibleArgs(method.args)) {
    const optional = arg.optional ?? false;
    if (optional !== inOptional) words.push(optional ? "(" : ")");
    inOptional = optional;
    words.push(arg.usage ?? (arg.type === "str" ? `"${firstName(arg)}"` : firstName(arg)));
  }
  if (inOptional) words.push(")");
  return words.join(" ");
}

/** The arguments before the first hidden one. */
export function visibleArgs(args: readonly RpcArg[]): readonly RpcArg[] {
  const hidden = args.findIndex((arg) => arg.hidden);
  return hidden < 0 ? args : args.slice(0, hidden);
}
