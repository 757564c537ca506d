import { type Json, JsonObject, typeName } from "./json.ts";
import { RpcError, RpcErrorCode } from "./rpc-error.ts";
import type { RpcArg, RpcArgType } from "./signature.ts";
import { writeJson } from "./write-json.ts";

type Values = ReadonlyMap<string, Json>;

/**
 * The arguments of a call by position, whether they came as a list, by name, or by name with the
 * leading ones under "args". Core: transformNamedArguments.
 *
 * @throws RpcError -8 on a name that is unknown or given twice
 */
export function positionalArguments(
  args: readonly RpcArg[],
  params: readonly Json[] | JsonObject,
): readonly Json[] {
  if (!(params instanceof JsonObject)) return params;
  const given = uniqueMembers(params);
  const used = new Set<string>();
  const values: Json[] = [];
  let first = -1;
  for (const [position, arg] of args.entries()) {
    const value = namedValue(arg, given, used);
    if (value === undefined) continue;
    while (values.length < position) values.push(null);
    values.push(value);
    if (first < 0) first = position;
  }
  const leading = used.has("args") ? undefined : given.get("args");
  if (!Array.isArray(leading)) return finish(values, given, used);
  used.add("args");
  const list = leading as readonly Json[];
  if (first >= 0 && first < list.length) {
    const name = (args[first] as RpcArg).names;
    throw invalid(`Parameter ${name} specified twice both as positional and named argument`);
  }
  return finish([...list, ...values.slice(list.length)], given, used);
}

function uniqueMembers(params: JsonObject): Values {
  const given = new Map<string, Json>();
  for (const [name, value] of params.entries) {
    if (given.has(name)) throw invalid(`Parameter ${name} specified multiple times`);
    given.set(name, value as Json);
  }
  return given;
}

/** The value of one argument; its members, when it has such, are gathered into one object. */
function namedValue(arg: RpcArg, given: Values, used: Set<string>): Json | undefined {
  const members: [string, Json][] = [];
  for (const member of arg.members ?? []) {
    const name = givenName(member, given, used);
    if (name !== undefined) members.push([name, given.get(name) as Json]);
  }
  const name = givenName(arg, given, used);
  const [option] = members;
  if (option === undefined) return name === undefined ? undefined : given.get(name);
  if (name === undefined) return new JsonObject(members);
  throw invalid(`Parameter ${name} conflicts with parameter ${option[0]}`);
}

function givenName(arg: RpcArg, given: Values, used: Set<string>): string | undefined {
  const name = arg.names.split("|").find((one) => given.has(one) && !used.has(one));
  if (name !== undefined) used.add(name);
  return name;
}

function finish(
  values: readonly Json[],
  given: Values,
  used: ReadonlySet<string>,
): readonly Json[] {
  const unknown = [...given.keys()].find((name) => !used.has(name));
  if (unknown !== undefined) throw invalid(`Unknown named parameter ${unknown}`);
  return values;
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}

const EXPECTED: Readonly<Record<RpcArgType, string | null>> = {
  str: "string",
  num: "number",
  bool: "bool",
  arr: "array",
  obj: "object",
  named: "object",
  amount: null,
  range: null,
};

/**
 * Refuses arguments of a wrong type, all of them in one message. Core: RPCHelpMan::HandleRequest.
 *
 * @throws RpcError -3 `Wrong type passed:` and one line an argument
 */
export function checkArgumentTypes(args: readonly RpcArg[], values: readonly Json[]): void {
  const wrong: [string, string][] = [];
  for (const [position, arg] of args.entries()) {
    const value = values[position] ?? null;
    const expected = EXPECTED[arg.type];
    if (arg.anyType || expected === null || (arg.optional && value === null)) continue;
    if (typeName(value) === expected) continue;
    wrong.push([
      `Position ${position + 1} (${arg.names})`,
      `JSON value of type ${typeName(value)} is not of expected type ${expected}`,
    ]);
  }
  if (wrong.length === 0) return;
  const list = writeJson(new JsonObject(wrong), 4);
  throw new RpcError(RpcErrorCode.type, `Wrong type passed:\n${list}`);
}
