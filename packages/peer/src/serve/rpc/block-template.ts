import { setTimeout as delay } from "node:timers/promises";
import { type Block, decodeFirstBlock } from "@compeer/protocol/bitcoin/block";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { DeploymentStates } from "@compeer/protocol/consensus/deployments";
import { nextWorkRequired } from "@compeer/protocol/consensus/difficulty";
import { type Json, JsonObject, type JsonOut, member } from "@compeer/protocol/rpc/json";
import { asHash, asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { VALID_SCRIPTS } from "../../chain/block-status.ts";
import type { Chain } from "../../chain/chain.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { CurrentTemplate } from "../../mining/current-template.ts";
import type { Miner } from "../../mining/miner.ts";
import { minTimeAfter } from "../../mining/template.ts";
import { templateJson } from "../../mining/template-json.ts";
import { TemplateKeeper } from "../../mining/template-keeper.ts";

/** How long a poll waits for transactions at first, and between later looks, ms. Core: getblocktemplate. */
const FIRST_LOOK_MS = 60_000;
const NEXT_LOOK_MS = 10_000;

export interface BlockTemplateDeps {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly miner: Miner;
  readonly clock: Pick<Clock, "now" | "after" | "steadyMs">;
  /** Aborts when the peer closes: no template is made ahead any more. */
  readonly stopping: AbortSignal;
  /** Number of connections. */
  peerCount(): number;
}

/** Serves `getblocktemplate`, with long polls and proposals (BIP22, BIP23). */
export class BlockTemplates {
  readonly #deps: BlockTemplateDeps;
  readonly #deployments: DeploymentStates;
  readonly #template: CurrentTemplate;
  readonly #keeper: TemplateKeeper;

  constructor(deps: BlockTemplateDeps) {
    this.#deps = deps;
    this.#deployments = new DeploymentStates(deps.chain.network);
    this.#template = new CurrentTemplate(deps);
    this.#keeper = new TemplateKeeper({ ...deps, template: this.#template }, deps.stopping);
  }

  async answer(request: Json, signal: AbortSignal): Promise<JsonOut> {
    const fields = request instanceof JsonObject ? request : new JsonObject([]);
    const mode = member(fields, "mode") ?? "template";
    if (mode === "proposal") return this.#judge(member(fields, "data") ?? null);
    if (mode !== "template") throw invalid("Invalid mode");
    const rules = member(fields, "rules");
    const known = new Set(Array.isArray(rules) ? rules.map(asText) : []);
    this.#checkReady();
    const longPollId = member(fields, "longpollid") ?? null;
    if (longPollId !== null) await this.#wait(longPollId, signal);
    this.#checkRules(known);
    return this.#answerTemplate();
  }

  async #judge(data: Json): Promise<JsonOut> {
    if (typeof data !== "string")
      throw new RpcError(RpcErrorCode.type, "Missing data String key for proposal");
    const block = decodeHexBlock(data);
    const { chain } = this.#deps;
    const node = chain.node(block.hash);
    if (node !== null) {
      if (node.isValid(VALID_SCRIPTS)) return "duplicate";
      return node.isFailed ? "duplicate-invalid" : "duplicate-inconclusive";
    }
    const fault = await chain.testBlock(block, { checkPow: false, checkMerkleRoot: true });
    return fault === null ? null : fault.reason;
  }

  #checkReady(): void {
    const { chain, peerCount } = this.#deps;
    if (chain.network.isTestChain) return;
    if (peerCount() === 0)
      throw new RpcError(RpcErrorCode.clientNotConnected, "compeer is not connected!");
    if (chain.isInitialDownload)
      throw new RpcError(
        RpcErrorCode.clientInInitialDownload,
        "compeer is in initial sync and waiting for blocks...",
      );
  }

  #checkRules(known: ReadonlySet<string>): void {
    if (this.#deps.chain.network.signetChallenge !== null && !known.has("signet"))
      throw invalid(
        'getblocktemplate must be called with the signet rule set (call with {"rules": ["segwit", "signet"]})',
      );
    if (!known.has("segwit"))
      throw invalid(
        'getblocktemplate must be called with the segwit rule set (call with {"rules": ["segwit"]})',
      );
  }

  /** Waits until the tip is another, or after a minute, until the mempool is. */
  async #wait(longPollId: Json, signal: AbortSignal): Promise<void> {
    const { chain, mempool } = this.#deps;
    const { tip, updates } = this.#watched(longPollId);
    const changed = new AbortController();
    const stopListening = chain.tipChanged.on(() => changed.abort());
    const ended = AbortSignal.any([signal, changed.signal]);
    try {
      let waitMs = FIRST_LOOK_MS;
      while (formatHash(chain.tip.hash) === tip && !signal.aborted) {
        await delay(waitMs, undefined, { signal: ended }).catch(() => undefined);
        if (mempool.updates !== updates && !ended.aborted) break;
        waitMs = NEXT_LOOK_MS;
      }
    } finally {
      stopListening();
    }
    if (signal.aborted) throw new RpcError(RpcErrorCode.clientNotConnected, "Shutting down");
  }

  #watched(longPollId: Json): { readonly tip: string; readonly updates: number } {
    if (typeof longPollId !== "string")
      return { tip: formatHash(this.#deps.chain.tip.hash), updates: this.#template.madeFrom };
    const tip = longPollId.slice(0, 64);
    asHash(tip, "longpollid");
    return { tip: tip.toLowerCase(), updates: Number.parseInt(longPollId.slice(64), 10) || 0 };
  }

  async #answerTemplate(): Promise<JsonOut> {
    const { chain, clock } = this.#deps;
    const { network } = chain;
    const { template, transactions, madeFrom } = await this.#template.get();
    this.#keeper.asked();
    const { parent, block } = template;
    const soonest = Math.max(minTimeAfter(parent, network), clock.now());
    const time = Math.max(block.header.time, soonest);
    return templateJson(template, {
      transactions,
      network,
      deployments: this.#deployments,
      time,
      bits: nextWorkRequired(parent, time, network),
      longPollId: `${formatHash(parent.hash)}${madeFrom}`,
    });
  }
}

function decodeHexBlock(hex: string): Block {
  try {
    if (isHex(hex)) return decodeFirstBlock(decodeHex(hex));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new RpcError(RpcErrorCode.deserialization, "Block decode failed");
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
