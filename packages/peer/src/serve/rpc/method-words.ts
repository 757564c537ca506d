import { type HelpWords, helpWords as words } from "./help-words.ts";
import { WALLET_METHOD_WORDS } from "./wallet-method-words.ts";

const BLOCK = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";
const TXID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
const KEY = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const OUTPUTS = `'[{"txid":"${TXID}","vout":0}]'`;
const HEX = "(string) hex";
const HASH = "(string) hash of a block";
const NOTHING = "null    (json null)";

const WORDS: Readonly<Record<string, HelpWords>> = {
  addnode: words(NOTHING, '"192.168.0.6:8333" onetry'),
  auditpeers: words(
    "outcome (agreed, differs, damaged), height, hash, muhash, txouts, total_amount, says in words, and of each peer: id, addr, coins, headers, best_height, fork_height, says",
    "",
    "100",
  ),
  clearbanned: words(NOTHING, ""),
  createmultisig: words(
    "address, redeemScript, descriptor, and warnings where there are some",
    `1 '["${KEY}"]'`,
  ),
  createrawtransaction: words(
    `${HEX} of a transaction that is not signed`,
    `${OUTPUTS} '[{"data":"00010203"}]'`,
  ),
  decoderawtransaction: words("the transaction's fields", "HEX"),
  decodescript: words("asm, desc, type, address, p2sh, and the same as segwit", "51"),
  deriveaddresses: words(
    "addresses in order; two lists of them for a multipath descriptor",
    '"DESCRIPTOR#CHECKSUM" "[0,2]"',
  ),
  disconnectnode: words(NOTHING, '"192.168.0.6:8333"', '"" 1'),
  getaddrmaninfo: words("new, tried and total by network", ""),
  getaddednodeinfo: words("addednode, connected and addresses of each", "", '"192.168.0.201"'),
  getbestblockhash: words(HASH, ""),
  getblock: words(`${HEX}, or the block's fields`, BLOCK, `${BLOCK} 2`),
  getblockchaininfo: words(
    "chain, blocks, headers, bestblockhash, difficulty, verificationprogress and more",
    "",
  ),
  getblockcount: words("n    (numeric) the height", ""),
  getblockfilter: words("filter in hex, and the header that binds it", BLOCK),
  getblockfrompeer: words("{}    (json object) empty: the block comes later", `${BLOCK} 0`),
  getblockhash: words(HASH, "1000"),
  getblockheader: words(`the header's fields, or ${HEX}`, BLOCK),
  getblockstats: words("fees, sizes and counts by name", '1000 \'["minfeerate","avgfeerate"]\''),
  getblocktemplate: words(
    "all that a miner needs: previousblockhash, transactions, coinbasevalue, bits and more",
    `'{"rules":["segwit"]}'`,
  ),
  getchainstates: words("headers, and the state of each chainstate", ""),
  getchaintips: words("height, hash, branchlen and status of each tip", ""),
  getchaintxstats: words(
    "time, txcount, window_tx_count, window_interval, txrate and more",
    "",
    "2016",
  ),
  getconnectioncount: words("n    (numeric) how many", ""),
  getdeploymentinfo: words("hash, height, script_flags, and the state of each deployment", ""),
  getdescriptorinfo: words(
    "descriptor, checksum, isrange, issolvable, hasprivatekeys",
    `"wpkh(${KEY})"`,
  ),
  getdifficulty: words("n    (numeric) the difficulty", ""),
  getindexinfo: words("synced and best_block_height of each index", ""),
  getmempoolancestors: words("txids, or entries by txid", TXID),
  getmempoolcluster: words("clusterweight, txcount, and the chunks of the cluster", TXID),
  getmempooldescendants: words("txids, or entries by txid", TXID),
  getmempoolentry: words("sizes, fees, time, relatives and marks of the entry", TXID),
  getmempoolinfo: words("loaded, size, bytes, usage, total_fee, mempoolminfee and more", ""),
  getmininginfo: words(
    "blocks, bits, difficulty, networkhashps, pooledtx, and about the next block",
    "",
  ),
  getnettotals: words("totalbytesrecv, totalbytessent, timemillis, uploadtarget", ""),
  getnetworkhashps: words("n    (numeric) hashes a second", "", "144"),
  getnetworkinfo: words(
    "version, subversion, services, connections, networks, relayfee and more",
    "",
  ),
  getnodeaddresses: words("time, services, address, port and network of each", "8", "4 ipv4"),
  getpeerinfo: words("id, addr, version, subver, traffic, heights and more of each", ""),
  getprioritisedtransactions: words("fee_delta, in_mempool and modified_fee by txid", ""),
  getrawmempool: words("txids, or entries by txid", "", "true"),
  getrawtransaction: words(`${HEX}, or the transaction's fields`, TXID, `${TXID} 1`),
  gettxout: words(
    "bestblock, confirmations, value, scriptPubKey, coinbase; null for a coin that is spent",
    `${TXID} 0`,
  ),
  gettxoutsetinfo: words(
    "height, bestblock, txouts, total_amount, a hash over all coins and more",
    "",
    "muhash",
  ),
  gettxspendingprevout: words(
    "txid and vout of each, and spendingtxid where one spends it",
    OUTPUTS,
  ),
  help: words('"str"    (string) the text', "", "getblock"),
  importmempool: words("{}    (json object) empty", '"/path/to/mempool.dat"'),
  listbanned: words("address, ban_created, banned_until and time_remaining of each", ""),
  ping: words(NOTHING, ""),
  preciousblock: words(NOTHING, BLOCK),
  prioritisetransaction: words("true", `${TXID} 0 10000`),
  pruneblockchain: words("n    (numeric) height of the last block removed", "1000"),
  savemempool: words("filename    where it was written", ""),
  scanblocks: words(
    "from_height, to_height, relevant_blocks, completed; what status and abort give",
    `start '["addr(bcrt1q4u4nsgk6ug0sqz7r3rj9tykjxrsl0yy4d0wwte)"]' 100 200`,
    "status",
  ),
  scantxoutset: words(
    "success, txouts, height, bestblock, unspents, total_amount",
    `start '["raw(51)#8lvh9jxk"]'`,
    "status",
  ),
  sendrawtransaction: words("(string) the txid", "HEX"),
  setban: words(NOTHING, '"192.168.0.0/24" add 86400'),
  setnetworkactive: words("true or false    (boolean) as it is now", "false"),
  signrawtransactionwithkey: words(
    "hex, complete, and errors by input where there are some",
    `HEX '["KEY"]'`,
  ),
  stop: words('"str"    (string) that it stops', ""),
  submitblock: words("null, or (string) why it was refused", "HEX"),
  submitheader: words(NOTHING, "HEX"),
  submitpackage: words(
    "package_msg, tx-results by wtxid, replaced-transactions",
    `'["PARENT","CHILD"]'`,
  ),
  testmempoolaccept: words("txid, allowed, vsize and fees, or reject-reason, of each", `'["HEX"]'`),
  validateaddress: words(
    "isvalid, address, scriptPubKey, witness_version and more, or what is wrong",
    '"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"',
  ),
  verifychain: words("true or false    (boolean) whether all was right", "", "4 100"),
  waitforblock: words("hash and height of the tip then", `${BLOCK} 1000`),
  waitforblockheight: words("hash and height of the tip then", "100 1000"),
  waitfornewblock: words("hash and height of the tip then", "1000"),
};

/** What is listed of a method; nothing of others. */
export function methodWords(method: string): Partial<HelpWords> {
  return WORDS[method] ?? WALLET_METHOD_WORDS[method] ?? {};
}
