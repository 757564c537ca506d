import { randomBytes } from "node:crypto";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { ExtendedKey } from "@compeer/protocol/crypto/hd-key";
import { WORD_LANGUAGES } from "@compeer/protocol/crypto/mnemonic";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import {
  createMnemonic,
  type Mnemonic,
  mnemonicSeed,
  parseMnemonic,
} from "@compeer/protocol/wallet/mnemonic";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";

/** Words by the bytes of entropy behind them (BIP39). */
const ENTROPY: ReadonlyMap<number, number> = new Map([
  [12, 16],
  [15, 20],
  [18, 24],
  [21, 28],
  [24, 32],
]);

/** What the methods about a wallet's words work on. */
export interface WordsDeps {
  readonly wallets: WalletManager;
  readonly chain: { readonly network: Network };
}

/** Methods about wallets that are written down as words (BIP39). */
export function wordsMethods({ wallets, chain }: WordsDeps): readonly RpcMethod[] {
  return [
    rpcMethod("createmnemonic", {
      category: "wallet",
      args: [
        {
          names: "words",
          type: "num",
          optional: true,
          default: "12",
          about: "12, 15, 18, 21 or 24",
        },
        {
          names: "language",
          type: "str",
          optional: true,
          default: '"english"',
          about: WORD_LANGUAGES.join(", "),
        },
      ],
      description:
        "New random words from which a wallet can be made. They are not kept: write them down, then call createwalletfromwords.",
      run: ({ params }) => newWords(params),
    }),
    rpcMethod("createwalletfromwords", {
      category: "wallet",
      args: [
        { names: "name", type: "str", freeText: true, about: "of the new wallet" },
        { names: "words", type: "str", freeText: true, about: "12 to 24 words in their order" },
        {
          names: "wordpassphrase",
          type: "str",
          freeText: true,
          optional: true,
          about: "belongs to the words; another one gives another wallet",
        },
        {
          names: "passphrase",
          type: "str",
          freeText: true,
          optional: true,
          about: "encrypts the wallet on this disk",
        },
        {
          names: "birthday",
          type: "num",
          optional: true,
          default: "0",
          about:
            "seconds since 1970 before which nothing paid to it: earlier blocks are not scanned",
        },
        { names: "load_on_startup", type: "bool", optional: true, about: "kept in settings.json" },
      ],
      description:
        "Makes or restores a wallet of words, with addresses by BIP44, BIP49, BIP84 and BIP86, and looks for its payments in the chain.",
      run: (call) => createFromWords(wallets, chain.network, call),
    }),
    rpcMethod("getwalletwords", {
      category: "wallet",
      args: [],
      description:
        "The words that the wallet was made of. Whoever knows them can spend all that it has. A passphrase of the words is not among them.",
      run: (call) => wordsOf(wallets, call),
    }),
  ];
}

async function newWords(params: Params): Promise<JsonOut> {
  const entropy = ENTROPY.get(params.optionalInt("words", 12));
  if (entropy === undefined)
    throw new RpcError(RpcErrorCode.invalidParameter, "A wallet has 12, 15, 18, 21 or 24 words.");
  const wanted = params.optionalText("language", "english");
  const language = WORD_LANGUAGES.find((each) => each === wanted);
  if (language === undefined)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `There is no list of words for "${wanted}"; there is one for ${WORD_LANGUAGES.join(", ")}.`,
    );
  const { words } = await createMnemonic(randomBytes(entropy), language);
  return { words, language };
}

async function createFromWords(
  wallets: WalletManager,
  network: Network,
  { params }: RpcCall,
): Promise<JsonOut> {
  const mnemonic = await parseMnemonic(params.text("words"));
  if ("fault" in mnemonic) throw new RpcError(RpcErrorCode.invalidParameter, mnemonic.fault);
  const { wallet, warnings } = await wallets.create(params.text("name"), {
    rootKey: await masterKey(mnemonic, params.optionalText("wordpassphrase", ""), network),
    words: mnemonic.words,
    passphrase: params.optionalText("passphrase", ""),
    birthday: params.optionalInt64("birthday", 0),
    loadOnStartup: params.optionalBool("load_on_startup"),
  });
  return { name: wallet.name, warnings: warnings.length > 0 ? warnings : undefined };
}

async function masterKey(
  mnemonic: Mnemonic,
  passphrase: string,
  network: Network,
): Promise<string> {
  const versions = {
    public: network.extendedPublicPrefix,
    private: network.extendedSecretPrefix,
  };
  const seed = await mnemonicSeed(mnemonic, passphrase);
  return ExtendedKey.fromSeed(seed, versions).formatPrivate();
}

function wordsOf(wallets: WalletManager, call: RpcCall): JsonOut {
  const wallet = requireWallet(wallets, call);
  wallet.requireUnlocked();
  const words = wallet.words();
  if (words !== null) return { words };
  throw new RpcError(
    RpcErrorCode.wallet,
    "This wallet was not made of words. Back it up with backupwallet, or listdescriptors true.",
  );
}
