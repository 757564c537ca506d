import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findSignature } from "@compeer/protocol/rpc/find-signature";
import { includesScope, scopeOf, scopesUpTo } from "./scopes.ts";

describe("scopeOf", () => {
  it("lets nobody spend, see a secret or steer the peer who may only look or keep books", () => {
    const methods = `bumpfee changesetting createpagelink createwallet disconnectnode dumpprivkey encryptwallet
      generatetoaddress getwalletwords gethdkeys importdescriptors invalidateblock listdescriptors
      migratewallet psbtbumpfee send sendall sendmany sendrawtransaction sendtoaddress setmining
      setnetworkactive signmessage signrawtransactionwithwallet stop walletpassphrase
      walletpassphrasechange walletprocesspsbt anythingnew`;
    for (const method of methods.split(/\s+/)) assert.equal(scopeOf(method), "spend", method);
  });

  it("lets one look at chain, mempool and network without a wallet", () => {
    for (const method of ["getblock", "getmempoolinfo", "getpeerinfo", "decodepsbt", "help"]) {
      assert.equal(scopeOf(method), "view", method);
      assert.notEqual(findSignature(method), undefined, method);
    }
  });

  it("asks for the scope wallet where a wallet is read or an address is made", () => {
    for (const method of ["getbalances", "listtransactions", "getnewaddress", "listunspent"])
      assert.equal(scopeOf(method), "wallet", method);
  });
});

describe("scopes", () => {
  it("include those before them and no others", () => {
    assert.deepEqual(scopesUpTo("view"), ["view"]);
    assert.deepEqual(scopesUpTo("spend"), ["view", "wallet", "spend"]);
    assert.equal(includesScope("wallet", "view"), true);
    assert.equal(includesScope("wallet", "wallet"), true);
    assert.equal(includesScope("wallet", "spend"), false);
  });
});
