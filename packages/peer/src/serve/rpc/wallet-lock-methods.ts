import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";

/** About three years. Core: MAX_SLEEP_TIME. */
const MAX_UNLOCK_SECONDS = 100_000_000;

/** Methods about the passphrase of a wallet. */
export function walletLockMethods(wallets: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("encryptwallet", {
      description:
        "Seals the keys of a wallet under a passphrase and makes new ones for what comes: back it up again afterwards.",
      run: (call) => encrypt(requireWallet(wallets, call), call.params.text("passphrase")),
    }),
    rpcMethod("walletpassphrase", {
      description: "Opens the keys of a wallet for some seconds.",
      run: (call) => unlock(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("walletpassphrasechange", {
      description: "Changes the passphrase of a wallet.",
      run: (call) => change(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("walletlock", {
      description: "Takes the keys of a wallet out of memory.",
      run: (call) => {
        const wallet = requireWallet(wallets, call);
        requireEncrypted(wallet, "walletlock");
        requireNoScan(wallet, "locking the wallet");
        wallet.lock();
        return null;
      },
    }),
  ];
}

async function encrypt(wallet: Wallet, passphrase: string): Promise<string> {
  if (!wallet.hasPrivateKeys)
    throw new RpcError(
      RpcErrorCode.walletEncryptionFailed,
      "Error: wallet does not contain private keys, nothing to encrypt.",
    );
  if (wallet.isEncrypted)
    throw new RpcError(
      RpcErrorCode.walletWrongEncState,
      "Error: running with an encrypted wallet, but encryptwallet was called.",
    );
  requireNoScan(wallet, "encrypting the wallet");
  if (passphrase === "") throw emptyPassphrase();
  await wallet.encryptAnew(passphrase);
  return "wallet encrypted; The keypool has been flushed and a new HD seed was generated. You need to make a new backup with the backupwallet RPC.";
}

async function unlock(wallet: Wallet, params: Params): Promise<null> {
  requireEncrypted(wallet, "walletpassphrase");
  const passphrase = params.text("passphrase");
  const seconds = params.int64("timeout");
  if (seconds < 0) throw new RpcError(RpcErrorCode.invalidParameter, "Timeout cannot be negative.");
  if (passphrase === "") throw emptyPassphrase();
  if (await wallet.unlock(passphrase, Math.min(seconds, MAX_UNLOCK_SECONDS))) return null;
  throw new RpcError(
    RpcErrorCode.walletPassphraseIncorrect,
    passphrase.includes("\0")
      ? "Error: The wallet passphrase entered is incorrect. It contains a null character (ie - a zero byte). If the passphrase was set with a version of this software prior to 25.0, please try again with only the characters up to — but not including — the first null character. If this is successful, please set a new passphrase to avoid this issue in the future."
      : "Error: The wallet passphrase entered was incorrect.",
  );
}

async function change(wallet: Wallet, params: Params): Promise<null> {
  requireEncrypted(wallet, "walletpassphrasechange");
  requireNoScan(wallet, "changing the passphrase");
  const before = params.text("oldpassphrase");
  const after = params.text("newpassphrase");
  if (before === "" || after === "") throw emptyPassphrase();
  if (await wallet.changePassphrase(before, after)) return null;
  throw new RpcError(
    RpcErrorCode.walletPassphraseIncorrect,
    before.includes("\0")
      ? "Error: The old wallet passphrase entered is incorrect. It contains a null character (ie - a zero byte). If the old passphrase was set with a version of this software prior to 25.0, please try again with only the characters up to — but not including — the first null character."
      : "Error: The wallet passphrase entered was incorrect.",
  );
}

function requireEncrypted(wallet: Wallet, method: string): void {
  if (!wallet.isEncrypted)
    throw new RpcError(
      RpcErrorCode.walletWrongEncState,
      `Error: running with an unencrypted wallet, but ${method} was called.`,
    );
}

/** A rescan may need the keys to derive what it looks for. */
function requireNoScan(wallet: Wallet, doing: string): void {
  if (wallet.isRescanning)
    throw new RpcError(
      RpcErrorCode.wallet,
      `Error: the wallet is currently being used to rescan the blockchain for related transactions. Please call \`abortrescan\` before ${doing}.`,
    );
}

function emptyPassphrase(): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, "passphrase cannot be empty");
}
