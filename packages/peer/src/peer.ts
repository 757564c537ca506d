import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { DeploymentStates } from "@compeer/protocol/consensus/deployments";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Chain } from "./chain/chain.ts";
import { Clock } from "./clock/clock.ts";
import { lockDirectory } from "./config/datadir-lock.ts";
import type { Settings } from "./config/settings.ts";
import type { FeeEstimates } from "./fees/fee-estimates.ts";
import { CoinAudit } from "./indexes/coin-audit.ts";
import type { Indexes } from "./indexes/indexes.ts";
import { logOptions } from "./log/log-options.ts";
import { Logger } from "./log/logger.ts";
import { Mempool } from "./mempool/mempool.ts";
import { Miner } from "./mining/miner.ts";
import { blockSigner } from "./mining/signet-solution.ts";
import { Net } from "./net/net.ts";
import { allMethods } from "./serve/rpc/all-methods.ts";
import { allWalletMethods } from "./serve/rpc/all-wallet-methods.ts";
import { controlMethods } from "./serve/rpc/control-methods.ts";
import { RpcDispatcher } from "./serve/rpc/dispatch.ts";
import { serverSettings } from "./serve/rpc/rpc-options.ts";
import { RpcServer } from "./serve/rpc/server.ts";
import { signerMethods } from "./serve/rpc/signer-methods.ts";
import { writeLongJson } from "./serve/rpc/write-long-json.ts";
import { absentParts } from "./start/absent-parts.ts";
import { chainOptions } from "./start/chain-settings.ts";
import { CoinHealing } from "./start/coin-healing.ts";
import { fileSystemWarning } from "./start/file-system.ts";
import { KeptMempool } from "./start/kept-mempool.ts";
import { librarySettings, type PeerOptions, type RunSettings } from "./start/library-settings.ts";
import { mempoolOptions } from "./start/mempool-settings.ts";
import { minerOptions } from "./start/mining-settings.ts";
import { netOptions } from "./start/net-settings.ts";
import { networkOf } from "./start/network-settings.ts";
import { notify } from "./start/notify.ts";
import { openChain } from "./start/open-chain.ts";
import { openFees } from "./start/open-fees.ts";
import { indexOptions, openIndexes } from "./start/open-indexes.ts";
import { type OpenPage, openPage } from "./start/open-page.ts";
import { memoryStores, openStores } from "./start/open-stores.ts";
import {
  openWallets,
  signerProgram,
  walletCommand,
  walletDirectory,
  walletOptions,
} from "./start/open-wallets.ts";
import { parameterInteractions } from "./start/parameter-interactions.ts";
import { SteadyMiner } from "./start/steady-miner.ts";
import { walletFilters } from "./start/wallet-filters.ts";
import type { WalletManager } from "./wallet/wallet-manager.ts";
import type { WalletTransaction } from "./wallet/wallet-transaction.ts";

/** Core: DEFAULT_CHECKBLOCKS and DEFAULT_CHECKLEVEL. */
const DEFAULT_CHECK_BLOCKS = 6;
const DEFAULT_CHECK_LEVEL = 3;

/** The parts that exist once the chain is open. */
interface Parts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly net: Net;
  readonly miner: Miner;
}

/**
 * A complete peer of a ledger: it opens its data, checks blocks, follows and serves other peers, and
 * answers JSON-RPC. Several run side by side in one process; nothing is shared between them.
 *
 * ```ts
 * await using peer = await Peer.start({ chain: "regtest" });
 * await peer.rpc("generatetodescriptor", 1, "raw(51)");
 * ```
 */
export class Peer implements AsyncDisposable {
  readonly network: Network;
  readonly settings: Settings;
  readonly clock: Clock = new Clock();
  readonly log: Logger;
  /** What the start had to leave out, for whoever started it. */
  readonly startWarnings: string[] = [];
  readonly #inMemory: boolean;
  readonly #dispatcher: RpcDispatcher = new RpcDispatcher();
  /** What undoes each step of the start, last step last. */
  readonly #closers: (() => Promise<void> | void)[] = [];
  readonly #stopping = new AbortController();
  readonly #startedAt: number;
  readonly #healing: CoinHealing;
  #parts: Parts | null = null;
  #fees: FeeEstimates | null = null;
  #server: RpcServer | null = null;
  #page: OpenPage | null = null;
  #closing: Promise<void> | null = null;
  #stopRequested: (failure: Error | null) => void = () => undefined;
  /** Resolves when the peer is asked to stop: null, or with what makes it stop. */
  readonly stopRequest: Promise<Error | null> = new Promise((resolveRequest) => {
    this.#stopRequested = resolveRequest;
  });

  private constructor({ settings, inMemory }: RunSettings) {
    this.settings = settings;
    this.network = networkOf(settings);
    this.#inMemory = inMemory;
    this.clock.setMock(settings.number("mocktime", 0));
    this.#startedAt = this.clock.now();
    this.log = new Logger(logOptions(settings, settings.directories.chain), this.clock);
    this.#healing = new CoinHealing(settings, inMemory, this.log);
    this.#closers.push(() => this.log.close());
  }

  /**
   * Starts a peer inside a program or a test; by default on a private ledger, all in memory.
   *
   * @throws Error when an option is wrong or the peer cannot start; nothing stays open then
   */
  static async start(options: PeerOptions = {}): Promise<Peer> {
    try {
      return await Peer.run(librarySettings(options));
    } catch (error) {
      // What the daemon leaves to its log, a program is told at once.
      if (!(error instanceof Error && error.cause instanceof Error)) throw error;
      throw new Error(`${error.message} (${error.cause.message})`, { cause: error });
    }
  }

  /**
   * Starts a peer with settings that were read already.
   *
   * @throws Error when it cannot start, with what to do; nothing stays open then
   */
  static async run(run: RunSettings): Promise<Peer> {
    const peer = new Peer(run);
    try {
      for (const note of run.notes) peer.log.info(note);
      await peer.#open();
    } catch (error) {
      peer.log.error(error instanceof Error ? error.message : String(error));
      await peer.close();
      throw error;
    }
    return peer;
  }

  get chain(): Chain {
    return this.#opened.chain;
  }

  get mempool(): Mempool {
    return this.#opened.mempool;
  }

  get net(): Net {
    return this.#opened.net;
  }

  get miner(): Miner {
    return this.#opened.miner;
  }

  /** Where other peers reach this one: `127.0.0.1:18444`; null when it does not listen. */
  get address(): string | null {
    const first = this.net.listening.find(({ onion }) => !onion);
    return first === undefined ? null : `${first.host}:${first.port}`;
  }

  /** Port of JSON-RPC on loopback; null with `-server=0`. */
  get rpcPort(): number | null {
    return this.#server?.ports.at(-1) ?? null;
  }

  /** Where browsers find the page: `http://127.0.0.1:18463`; null without -page. */
  get pageUrl(): string | null {
    return this.#page?.url ?? null;
  }

  /**
   * Calls a method as a JSON-RPC client would, without HTTP.
   *
   * @throws RpcError with bitcoind's code and words; Error when the peer is closed
   */
  async rpc(method: string, ...params: readonly unknown[]): Promise<unknown> {
    if (this.#closing !== null) throw new Error("the peer is closed");
    const result = await this.#dispatcher.run({
      method,
      params: parseJson(JSON.stringify(params)) as never,
      signal: this.#stopping.signal,
      wallet: null,
      user: "",
    });
    return JSON.parse(await writeLongJson(result));
  }

  /** Asks whoever runs the peer to close it. */
  requestStop(failure: Error | null = null): void {
    this.#stopRequested(failure);
  }

  /** Stops everything in reverse order; nothing is lost. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #opened(): Parts {
    if (this.#parts === null) throw new Error("the peer is still starting");
    return this.#parts;
  }

  async #open(): Promise<void> {
    const { settings, network, log } = this;
    for (const line of absentParts(settings)) log.warning(line);
    for (const line of parameterInteractions(settings)) log.info(line);
    const options = {
      chain: { ...chainOptions(settings, network), reindex: this.#healing.rebuild === "all" },
      mempool: mempoolOptions(settings, network),
      net: netOptions(settings, network),
      miner: minerOptions(settings),
      indexes: indexOptions(settings),
    };
    await this.#lock();
    await this.#listen();
    this.#status("Loading block index…");
    const chain = await this.#openChain(options.chain);
    const { clock } = this;
    const indexes = await openIndexes(settings, options.indexes, {
      chain,
      log,
      inMemory: this.#inMemory,
      rebuild: this.#healing.rebuild,
      distrustsCoins: this.#healing.isUnderWay,
      failed: (error) => this.requestStop(error),
    });
    this.#closers.push(() => indexes.close());
    const mempool = new Mempool({ chain, clock, log }, options.mempool);
    mempool.added.on(({ wtxid }) => chain.noteScriptsPassed(wtxid));
    const kept = new KeptMempool(settings, this.#inMemory, mempool, log);
    this.#closers.push(() => kept.close());
    const fees = await openFees(settings, network, this.#inMemory, { chain, mempool, clock, log });
    this.#closers.push(() => fees?.close());
    this.#fees = fees;
    const deployments = new DeploymentStates(network);
    const signBlock = blockSigner(network, settings.list("signetminingkey"));
    const miner = new Miner({ chain, mempool, clock, log, deployments, signBlock }, options.miner);
    const filters = options.net.serveFilters ? indexes.blockFilters : null;
    const directory = this.#inMemory ? null : options.net.directory;
    const audit = new CoinAudit({
      ...{ chain, indexes, clock },
      signal: this.#stopping.signal,
      damaged: (what) => this.#healing.note(what),
    });
    const net = new Net(
      { chain, mempool, clock, log, network, filters, audit },
      { ...options.net, directory },
    );
    this.#closers.push(() => net.close());
    this.#parts = { chain, mempool, net, miner };
    this.#dispatcher.add(
      allMethods({
        ...this.#parts,
        indexes,
        audit,
        clock,
        prune: options.chain.prune ?? "off",
        minRelayRate: options.mempool.minRelayRate,
        incrementalRate: options.mempool.incrementalRate,
        localRelay: !options.net.blocksOnly,
        fees,
        banTime: options.net.banTime,
        stopping: this.#stopping.signal,
        warnings: () => (this.#healing.warning === null ? [] : [this.#healing.warning]),
        peerCount: () => net.connectionCount.inbound + net.connectionCount.outbound,
        relay: (txid) => announce(txid, mempool, net),
        saveMempool: () => kept.save(),
        importMempool: (path, options) => kept.import(path, clock.now(), options),
      }),
    );
    const wallets = await this.#openWallets(chain, indexes, mempool, net);
    this.#follow(chain);
    this.#status("Starting network threads…");
    await net.start();
    this.#import(chain, indexes, kept);
    const mining = new SteadyMiner(settings, network, miner, log);
    this.#closers.push(() => mining.stop());
    this.#page = await openPage({
      ...this.#parts,
      settings,
      network,
      mining,
      clock,
      log,
      dispatcher: this.#dispatcher,
      inMemory: this.#inMemory,
      walletChanged: wallets?.changed ?? null,
    });
    this.#closers.push(() => this.#page?.close());
    this.#dispatcher.ready();
    mining.startAs(settings);
    this.#ran("startupnotify");
    this.#status("Done loading");
  }

  /** Tells callers and the log what the start is doing. */
  #status(text: string): void {
    this.#dispatcher.warmup(text);
    this.log.info(`init message: ${text}`);
  }

  async #lock(): Promise<void> {
    if (this.#inMemory) return;
    const { chain, blocks } = this.settings.directories;
    for (const directory of [chain, blocks]) mkdirSync(directory, { recursive: true });
    const locks = await Promise.allSettled([chain, blocks].map(lockDirectory));
    for (const lock of locks)
      if (lock.status === "fulfilled") this.#closers.push(() => lock.value.release());
    for (const lock of locks) if (lock.status === "rejected") throw lock.reason;
    const path = resolve(chain, this.settings.text("pid", "bitcoind.pid"));
    if (this.settings.isNegated("pid")) return;
    writeFileSync(path, `${process.pid}\n`);
    this.#closers.push(() => rmSync(path, { force: true }));
  }

  /** Opens the RPC door; until `ready` it tells what the start is doing. */
  async #listen(): Promise<void> {
    const { settings, network, log, clock } = this;
    this.#dispatcher.add(
      controlMethods({
        dispatcher: this.#dispatcher,
        log,
        clock,
        mockable: network.mockable,
        startedAt: this.#startedAt,
        requestStop: () => this.requestStop(),
        forwardScheduler: (seconds) => {
          this.#parts?.net.forward(seconds);
          this.#fees?.forward(seconds);
        },
      }),
    );
    this.#dispatcher.add(signerMethods({ command: signerProgram(settings), chain: network.name }));
    if (!settings.flag("server", true)) return;
    const { options, cookie } = serverSettings(settings, network.rpcPort, log);
    if (cookie !== null) this.#closers.push(() => cookie.remove());
    const server = new RpcServer({ ...options, dispatcher: this.#dispatcher, log, doors: [] });
    await server.listen();
    this.#server = server;
  }

  async #openChain(options: Parameters<typeof openChain>[1]): Promise<Chain> {
    const { settings, network, log, clock } = this;
    const healing = this.#healing;
    const stores = this.#inMemory
      ? memoryStores(network)
      : await openStores(settings, settings.directories, network, healing.rebuild);
    healing.begun();
    stores.coinStore.onDamage = (error) => healing.note(error.message);
    const doubt = this.#inMemory ? null : fileSystemWarning(settings.directories.chain);
    if (doubt !== null) log.warning(`Warning: ${doubt}`);
    const chain = await openChain({ ...stores, network, clock, log }, options);
    this.#closers.push(() => chain.close());
    if (!this.#inMemory) await this.#verify(chain);
    log.info(
      `Loaded best chain: hashBestChain=${formatHash(chain.tip.hash)} height=${chain.tip.height}`,
    );
    return chain;
  }

  /** Opens the wallets that the settings name, and answers about wallets; null with -disablewallet. */
  async #openWallets(
    chain: Chain,
    indexes: Indexes,
    mempool: Mempool,
    net: Net,
  ): Promise<WalletManager | null> {
    const { settings, clock, log } = this;
    if (settings.flag("disablewallet")) {
      log.info("Wallet disabled!");
      return null;
    }
    const command = settings.text("walletnotify");
    const directory = walletDirectory(settings, this.#inMemory);
    this.#status("Loading wallet…");
    const parts = {
      ...{ chain, mempool, clock, log, fees: this.#fees },
      blockFilters: walletFilters(chain, indexes),
      relay: (txid: Uint8Array) => announce(txid, mempool, net),
      notify: (wallet: string, tx: WalletTransaction) => {
        if (command !== undefined) this.#spawn(walletCommand(command, wallet, tx));
      },
    };
    const wallets = await openWallets(
      settings,
      parts,
      directory,
      walletOptions(settings),
      (text) => {
        this.startWarnings.push(text);
        log.warning(text);
      },
    );
    this.#closers.push(() => wallets.close());
    this.#dispatcher.add(allWalletMethods({ wallets, chain }));
    return wallets;
  }

  /** Looks at the last blocks before anything rests on them (-checkblocks, -checklevel). */
  async #verify(chain: Chain): Promise<void> {
    this.#status("Verifying blocks…");
    const level = this.settings.number("checklevel", DEFAULT_CHECK_LEVEL);
    const blocks = this.settings.number("checkblocks", DEFAULT_CHECK_BLOCKS);
    const outcome = await chain.verifyStore(level, blocks, this.#stopping.signal);
    if (outcome === "corrupted")
      throw new SettingsError(
        "Corrupted block database detected.\nPlease restart with -reindex or -reindex-chainstate to recover.",
      );
  }

  #follow(chain: Chain): void {
    this.#closers.push(
      chain.fatal.on((cause) => {
        const { warning } = this.#healing;
        this.requestStop(warning === null ? cause : new Error(warning, { cause }));
      }),
      chain.stopReached.on(() => this.requestStop()),
    );
    const command = this.settings.text("blocknotify");
    if (command === undefined) return;
    this.#closers.push(
      chain.tipChanged.on((tip) => {
        if (chain.isInitialDownload) return;
        this.#spawn(command.replaceAll("%s", formatHash(tip.hash)));
      }),
    );
  }

  /** Reads what -reindex and -loadblock ask for while the peer is up already. */
  #import(chain: Chain, indexes: Indexes, kept: KeptMempool): void {
    chain
      .importBlocks(this.settings.list("loadblock"), this.#stopping.signal)
      .then(() => (this.#healing.isUnderWay ? reconsiderAll(chain) : undefined))
      .then(() => indexes.start())
      .then(() => kept.load(this.clock, this.#stopping.signal))
      .then(() => {
        this.log.info("initload thread exit");
        if (this.settings.flag("stopafterblockimport")) this.requestStop();
      })
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) this.requestStop(error as Error);
      });
  }

  #ran(option: "startupnotify" | "shutdownnotify"): void {
    for (const command of this.settings.list(option)) this.#spawn(command);
  }

  #spawn(command: string): void {
    notify(command, (error) => this.log.error(`${command}: ${error.message}`));
  }

  async #close(): Promise<void> {
    this.requestStop();
    this.log.info("Shutdown in progress...");
    if (this.#parts !== null) this.#ran("shutdownnotify");
    this.#stopping.abort();
    await this.#server?.close();
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      if (this.#closers.length === 0) this.log.info("Shutdown done");
      await close();
    }
  }
}

function announce(txid: Uint8Array, mempool: Mempool, net: Net): void {
  const entry = mempool.get(hashKey(txid));
  if (entry !== undefined) net.announceTransaction(entry);
}

/** Wrong coins may have made good blocks look bad. */
async function reconsiderAll(chain: Chain): Promise<void> {
  for (const tip of chain.tips()) if (tip.isFailed) await chain.reconsider(tip);
}
