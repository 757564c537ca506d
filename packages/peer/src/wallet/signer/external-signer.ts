import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { type Json, JsonObject, member } from "@compeer/protocol/rpc/json";
import type { Psbt } from "@compeer/protocol/wallet/psbt";
import { parsePsbt } from "@compeer/protocol/wallet/psbt-decode";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import { runSigner } from "./run-signer.ts";
import { signerError } from "./signer-error.ts";

/** For what a device answers by itself, and for what its owner reads and confirms on it. */
const ANSWER_MS = 60_000;
const CONFIRM_MS = 10 * 60_000;
const FINGERPRINT = /^[0-9a-fA-F]{8}$/;

/** Which program talks to signers, and how long it may take. */
export interface SignerCommand {
  /** -signer: program and first arguments; null when there is none. */
  readonly command: string | null;
  /** Name of the network as -chain has it. */
  readonly chain: string;
  /** Milliseconds for a whole answer, instead of the usual ones. */
  readonly limitMs?: number;
}

/** A device that keeps keys, as a program beside us talks to it. Core: ExternalSigner. */
export class ExternalSigner {
  /** Of its master key: 8 hex digits. */
  readonly fingerprint: string;
  readonly name: string;
  readonly #command: string;
  readonly #chain: string;
  readonly #limitMs: number | undefined;

  constructor(program: SignerCommand & { command: string }, fingerprint: string, name: string) {
    this.#command = program.command;
    this.#chain = program.chain;
    this.#limitMs = program.limitMs;
    this.fingerprint = fingerprint;
    this.name = name;
  }

  /** Has its owner compare an address on it; what it answers. @param descriptor of one script */
  displayAddress(descriptor: string): Promise<Json> {
    return this.#run(["displayaddress", "--desc", descriptor], CONFIRM_MS);
  }

  /** What it has keys for. */
  getDescriptors(account: number): Promise<Json> {
    return this.#run(["getdescriptors", "--account", String(account)], ANSWER_MS);
  }

  /** What it made of a PSBT that names its keys, or why it did not. */
  async signTransaction(psbt: Psbt): Promise<Psbt | { readonly error: string }> {
    if (!this.#isNamedIn(psbt))
      return { error: `Signer fingerprint ${this.fingerprint} does not match any of the inputs` };
    const answer = await this.#run([], CONFIRM_MS, `signtx ${formatPsbt(psbt)}`);
    const error = textOf(answer, "error");
    if (error !== null) return { error };
    const signed = textOf(answer, "psbt");
    if (signed === null) return { error: "Unexpected result from signer" };
    try {
      return parsePsbt(signed);
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause;
      return { error: `TX decode failed ${cause.message}` };
    }
  }

  #isNamedIn({ inputs }: Psbt): boolean {
    const own = this.fingerprint.toLowerCase();
    return inputs.some(({ derivations, tapDerivations }) =>
      [...derivations, ...tapDerivations].some(({ origin }) => origin.fingerprint === own),
    );
  }

  #run(args: readonly string[], limitMs: number, input?: string): Promise<Json> {
    const chosen = ["--fingerprint", this.fingerprint, "--chain", this.#chain];
    const all = input === undefined ? [...chosen, ...args] : ["--stdin", ...chosen];
    return runSigner(this.#command, all, this.#limitMs ?? limitMs, input);
  }
}

/** The text that an answer has under a name; null when there is none. */
export function textOf(answer: Json, name: string): string | null {
  const value = answer instanceof JsonObject ? member(answer, name) : null;
  return typeof value === "string" ? value : null;
}

/** The devices that a program finds. Core: ExternalSigner::Enumerate. @throws RpcError -1 in Core's words */
export async function listSigners(program: SignerCommand): Promise<readonly ExternalSigner[]> {
  const { command } = program;
  if (command === null) throw signerError("Error: restart bitcoind with -signer=<cmd>");
  const answer = await runSigner(command, ["enumerate"], program.limitMs ?? ANSWER_MS);
  if (!Array.isArray(answer))
    throw signerError(`'${command}' received invalid response, expected array of signers`);
  const found = new Map<string, ExternalSigner>();
  for (const each of answer as readonly Json[]) {
    const fingerprint = fingerprintOf(command, each);
    if (found.has(fingerprint)) continue;
    const name = textOf(each, "model") ?? "";
    found.set(fingerprint, new ExternalSigner({ ...program, command }, fingerprint, name));
  }
  return [...found.values()];
}

function fingerprintOf(command: string, answer: Json): string {
  const error = answer instanceof JsonObject ? (member(answer, "error") ?? null) : null;
  if (error !== null)
    throw signerError(
      typeof error === "string" ? `'${command}' error: ${error}` : `'${command}' error`,
    );
  const fingerprint = textOf(answer, "fingerprint");
  if (fingerprint !== null && FINGERPRINT.test(fingerprint)) return fingerprint;
  const fault = fingerprint === null ? "missing signer fingerprint" : "invalid signer fingerprint";
  throw signerError(`'${command}' received invalid response, ${fault}`);
}

/**
 * The device to ask, which has to be the only one. Core: GetExternalSigner.
 *
 * @throws RpcError -1 when the program fails
 */
export async function onlySigner(
  program: SignerCommand,
): Promise<ExternalSigner | { readonly error: string }> {
  if (program.command === null) return { error: "restart bitcoind with -signer=<cmd>" };
  const [first, ...others] = await listSigners(program);
  if (first === undefined) return { error: "No external signers found" };
  if (others.length === 0) return first;
  return {
    error: "More than one external signer found. Please connect only one at a time.",
  };
}
