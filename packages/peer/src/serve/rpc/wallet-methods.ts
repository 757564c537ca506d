import { resolve } from "node:path";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Wallet } from "../../wallet/wallet.ts";
import type { Opened, WalletManager } from "../../wallet/wallet-manager.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";
import { walletAddressMethods } from "./wallet-address-methods.ts";
import { walletDescriptorMethods } from "./wallet-descriptor-methods.ts";
import { walletLockMethods } from "./wallet-lock-methods.ts";
import { walletScanMethods } from "./wallet-scan-methods.ts";

/** What the methods about wallets themselves work on. */
export interface WalletDeps {
  readonly wallets: WalletManager;
}

/** Core answers this for legacy wallets, whose format is not read any more. */
const LATEST_LEGACY_VERSION = 169_900;

/** Methods that make, open, close and describe wallets. */
export function walletMethods({ wallets }: WalletDeps): readonly RpcMethod[] {
  return [
    ...fileMethods(wallets),
    ...stateMethods(wallets),
    ...walletLockMethods(wallets),
    ...walletAddressMethods(wallets),
    ...walletDescriptorMethods(wallets),
    ...walletScanMethods(wallets),
  ];
}

function fileMethods(wallets: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("createwallet", {
      description: "Makes a wallet with keys of its own and opens it.",
      run: ({ params }) => createWallet(wallets, params),
    }),
    rpcMethod("loadwallet", {
      description: "Opens a wallet by its name below the wallet directory, or by its path.",
      run: async ({ params }) => {
        const startup = params.optionalBool("load_on_startup");
        return openedJson(await wallets.load(params.text("filename"), startup));
      },
    }),
    rpcMethod("unloadwallet", {
      description: "Closes a wallet: the one named, or the one that the call is for.",
      run: async (call) => {
        const { params } = call;
        const name = chosenName(call);
        const wallet = wallets.get(name);
        if (wallet === undefined)
          throw new RpcError(
            RpcErrorCode.walletNotFound,
            "Requested wallet does not exist or is not loaded",
          );
        const warnings = await wallets.unload(wallet, params.optionalBool("load_on_startup"));
        return { warnings: warnings.length > 0 ? warnings : undefined };
      },
    }),
    rpcMethod("listwallets", {
      description: "Names of the wallets that are open.",
      run: () => wallets.wallets.map(({ name }) => name),
    }),
    rpcMethod("listwalletdir", {
      description: "Wallets that lie in the wallet directory, open or not.",
      run: () => ({
        wallets: wallets.list().map(({ name, isLegacy }) => ({
          name,
          warnings: isLegacy
            ? [
                "This wallet is a legacy wallet and will need to be migrated with migratewallet before it can be loaded",
              ]
            : [],
        })),
      }),
    }),
    rpcMethod("backupwallet", {
      description: "Writes a whole copy of the wallet to a file; one that is there is replaced.",
      run: async (call) => {
        const wallet = requireWallet(wallets, call);
        backup(wallet, call.params.text("destination"));
        return null;
      },
    }),
    rpcMethod("restorewallet", {
      description: "Makes a wallet of a backup file and opens it.",
      run: async ({ params }) => {
        const startup = params.optionalBool("load_on_startup");
        const name = params.text("wallet_name");
        return openedJson(await wallets.restore(name, params.text("backup_file"), startup));
      },
    }),
    rpcMethod("migratewallet", {
      description:
        "Legacy wallets cannot be read here: migrate them with bitcoind, then import their descriptors.",
      run: () => {
        throw new RpcError(
          RpcErrorCode.wallet,
          "Error: Legacy wallets are not read. Migrate it with bitcoind, and take it over with its listdescriptors true and importdescriptors here.",
        );
      },
    }),
  ];
}

async function createWallet(wallets: WalletManager, params: Params): Promise<JsonOut> {
  const passphrase = params.optionalText("passphrase");
  const notes: string[] = [];
  if (passphrase === "")
    notes.push("Empty string given as passphrase, wallet will not be encrypted.");
  if (!params.optionalBool("descriptors", true))
    throw new RpcError(
      RpcErrorCode.wallet,
      'descriptors argument must be set to "true"; it is no longer possible to create a legacy wallet.',
    );
  const opened = await wallets.create(params.text("wallet_name"), {
    disablePrivateKeys: params.optionalBool("disable_private_keys", false),
    blank: params.optionalBool("blank", false),
    externalSigner: params.optionalBool("external_signer", false),
    passphrase: passphrase ?? "",
    avoidReuse: params.optionalBool("avoid_reuse", false),
    loadOnStartup: params.optionalBool("load_on_startup"),
  });
  return openedJson({ ...opened, warnings: [...notes, ...opened.warnings] });
}

function openedJson({ wallet, warnings }: Opened): JsonOut {
  return { name: wallet.name, warnings: warnings.length > 0 ? [...warnings] : undefined };
}

/** The wallet that a call names, by its path or its argument. Core: EnsureUniqueWalletName. */
function chosenName({ params, wallet }: RpcCall): string {
  const given = params.optionalText("wallet_name");
  if (wallet !== null && given !== undefined && wallet !== given)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "The RPC endpoint wallet and the wallet name parameter specify different wallets",
    );
  const name = wallet ?? given;
  if (name !== undefined) return name;
  throw new RpcError(
    RpcErrorCode.invalidParameter,
    "Either the RPC endpoint wallet or the wallet name parameter must be provided",
  );
}

/** An older backup of that name is replaced, never the wallet itself. */
function backup(wallet: Wallet, destination: string): void {
  try {
    wallet.backup(resolve(destination));
  } catch (cause) {
    throw new RpcError(RpcErrorCode.wallet, "Error: Wallet backup failed!", { cause });
  }
}

function stateMethods(wallets: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("getwalletinfo", {
      description: "What a wallet is and how it stands.",
      run: (call) => walletInfo(requireWallet(wallets, call)),
    }),
    rpcMethod("setwalletflag", {
      description: "Switches a property of a wallet; avoid_reuse is the one that may change.",
      run: (call) => setFlag(requireWallet(wallets, call), call.params),
    }),
  ];
}

function walletInfo(wallet: Wallet): JsonOut {
  const external = wallet.poolSize(false);
  return {
    walletname: wallet.name,
    walletversion: LATEST_LEGACY_VERSION,
    format: "sqlite",
    txcount: wallet.ledger.size,
    keypoolsize: external,
    keypoolsize_hd_internal: wallet.poolSize() - external,
    unlocked_until: wallet.isEncrypted ? wallet.unlockedUntil : undefined,
    paytxfee: amountJson(wallet.payRate),
    private_keys_enabled: wallet.hasPrivateKeys,
    avoid_reuse: wallet.avoidReuse,
    scanning: scanningJson(wallet),
    descriptors: true,
    external_signer: wallet.hasExternalSigner,
    blank: wallet.isBlank,
    birthtime: wallet.birthtime ?? undefined,
    flags: flagNames(wallet),
    lastprocessedblock: {
      hash: formatHash(wallet.lastBlock.hash),
      height: wallet.lastBlock.height,
    },
  };
}

function scanningJson({ scanning }: Wallet): JsonOut {
  return scanning === null ? false : { duration: scanning.duration, progress: scanning.progress };
}

/** In the order of Core's bits. */
function flagNames(wallet: Wallet): string[] {
  const { flags } = wallet;
  return [
    ...(flags.has("avoid_reuse") ? ["avoid_reuse"] : []),
    "last_hardened_xpub_cached",
    ...(flags.has("disable_private_keys") ? ["disable_private_keys"] : []),
    ...(flags.has("blank") ? ["blank"] : []),
    "descriptor_wallet",
    ...(flags.has("external_signer") ? ["external_signer"] : []),
  ];
}

const IMMUTABLE_FLAGS = [
  "blank",
  "key_origin_metadata",
  "last_hardened_xpub_cached",
  "disable_private_keys",
  "descriptor_wallet",
  "external_signer",
];

function setFlag(wallet: Wallet, params: Params): JsonOut {
  const flag = params.text("flag");
  const value = params.optionalBool("value", true);
  if (IMMUTABLE_FLAGS.includes(flag)) throw invalid(`Wallet flag is immutable: ${flag}`);
  if (flag !== "avoid_reuse") throw invalid(`Unknown wallet flag: ${flag}`);
  if (wallet.avoidReuse === value) throw invalid(`Wallet flag is already set to ${value}: ${flag}`);
  wallet.setFlag(flag, value);
  return {
    flag_name: flag,
    flag_state: value,
    warnings: value
      ? "You need to rescan the blockchain in order to correctly mark used destinations in the past. Until this is done, some destinations may be considered unused, even if the opposite is the case."
      : undefined,
  };
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
