/** Error codes of Bitcoin's JSON-RPC. Core: src/rpc/protocol.h. */
export const RpcErrorCode = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  parse: -32700,
  misc: -1,
  type: -3,
  invalidAddressOrKey: -5,
  outOfMemory: -7,
  invalidParameter: -8,
  database: -20,
  deserialization: -22,
  verify: -25,
  verifyRejected: -26,
  verifyAlreadyInUtxoSet: -27,
  inWarmup: -28,
  methodDeprecated: -32,
  clientNotConnected: -9,
  clientInInitialDownload: -10,
  clientNodeAlreadyAdded: -23,
  clientNodeNotAdded: -24,
  clientNodeNotConnected: -29,
  clientInvalidIpOrSubnet: -30,
  clientP2pDisabled: -31,
  clientMempoolDisabled: -33,
  clientNodeCapacityReached: -34,
  wallet: -4,
  walletInsufficientFunds: -6,
  walletInvalidLabelName: -11,
  walletKeypoolRanOut: -12,
  walletUnlockNeeded: -13,
  walletPassphraseIncorrect: -14,
  walletWrongEncState: -15,
  walletEncryptionFailed: -16,
  walletAlreadyUnlocked: -17,
  walletNotFound: -18,
  walletNotSpecified: -19,
  walletAlreadyLoaded: -35,
  walletAlreadyExists: -36,
} as const;

/** The refusal of a call: travels to the caller as `{ code, message }`. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
