/** What a page may do, each including the ones before. */
export const SCOPES = ["view", "wallet", "spend"] as const;
export type Scope = (typeof SCOPES)[number];

/** Methods that only look at chain, mempool and network, or reckon with what they are given. */
const VIEW = `
  analyzepsbt auditpeers combinepsbt combinerawtransaction convertpsbt converttopsbt createmultisig createpaymentlink
  createpsbt createrawtransaction decodepaymentlink decodepsbt decoderawtransaction decodescript
  deriveaddresses estimaterawfee estimatesmartfee finalizepsbt getaddednodeinfo getaddrmaninfo getbestblockhash
  getblock getblockchaininfo getblockcount getblockfilter getblockhash getblockheader getblockstats
  getblocktemplate getchainstates getchaintips getchaintxstats getconnectioncount getdeploymentinfo
  getdescriptoractivity getdescriptorinfo getdifficulty getindexinfo getmemoryinfo
  getmempoolancestors getmempoolcluster getmempooldescendants getmempoolentry getmempoolinfo
  findtransaction getmining getmininginfo getnettotals getnetworkhashps getnetworkinfo getnodeaddresses getpeerinfo
  getprioritisedtransactions getprojectedblocks getrawmempool getrawtransaction getrpcinfo
  getsyncprogress gettxout gettxoutproof gettxoutsetinfo gettxspendingprevout getzmqnotifications help joinpsbts
  listbanned scanblocks scantxoutset testmempoolaccept uptime utxoupdatepsbt validateaddress
  verifymessage verifymessagebip322 verifytxoutproof waitforblock waitforblockheight
  waitfornewblock`;

/** Methods that tell of wallets or keep their books, and can neither spend nor show a secret. */
const WALLET = `
  abortrescan exportlabels fundrawtransaction getaddressesbylabel getaddressinfo getbalance getbalances getnewaddress
  getrawchangeaddress getreceivedbyaddress getreceivedbylabel gettransaction getwalletinfo
  importlabels keypoolrefill listaddressgroupings listlabels listlockunspent listreceivedbyaddress
  listreceivedbylabel listsinceblock listtransactions listunspent listwalletdir listwallets
  loadwallet lockunspent previewpsbt previewsend rescanblockchain setlabel simulaterawtransaction
  walletcreatefundedpsbt walletdisplayaddress walletlock`;

const SCOPE_OF: ReadonlyMap<string, Scope> = new Map([
  ...namesIn(VIEW).map((name) => [name, "view"] as const),
  ...namesIn(WALLET).map((name) => [name, "wallet"] as const),
]);

/** What a call needs; a method that nobody sorted needs everything. */
export function scopeOf(method: string): Scope {
  return SCOPE_OF.get(method) ?? "spend";
}

/** Whether somebody with `held` may do what needs `needed`. */
export function includesScope(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed);
}

/** `held` and what it includes. */
export function scopesUpTo(held: Scope): readonly Scope[] {
  return SCOPES.slice(0, SCOPES.indexOf(held) + 1);
}

function namesIn(words: string): string[] {
  return words.trim().split(/\s+/);
}
