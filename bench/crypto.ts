import { grindHeader } from "@compeer/protocol/crypto/grind";
import {
  publicKey,
  publicKeyX,
  signEcdsa,
  signSchnorr,
  tweakTapKey,
} from "@compeer/protocol/crypto/keys";
import { MuHash } from "@compeer/protocol/crypto/muhash";
import { signatureBackends } from "@compeer/protocol/crypto/secp256k1";
import { sha256d, sha256dInto, sha256dPairs } from "@compeer/protocol/crypto/sha256";
import { SipHasher } from "@compeer/protocol/crypto/sip-hash";
import { taggedHash } from "@compeer/protocol/crypto/tagged-hash";

/** Prints how often a second each primitive runs on one core: `node bench/dist/crypto.js`. */
const SECONDS = 0.5;

/** Runs `work` for a while to warm up, then for as long again, and prints `unit`s a second. */
function measure(name: string, unit: string, each: number, work: (turn: number) => void): void {
  run(work);
  const { turns, seconds } = run(work);
  const rate = Math.round((turns * each) / seconds).toLocaleString("en");
  process.stdout.write(`${name.padEnd(58)} ${rate.padStart(12)} ${unit}/s\n`);
}

function run(work: (turn: number) => void): { turns: number; seconds: number } {
  const start = process.hrtime.bigint();
  let turns = 0;
  let seconds = 0;
  while (seconds < SECONDS) {
    for (let i = 0; i < 8; i++) work(turns++);
    seconds = Number(process.hrtime.bigint() - start) / 1e9;
  }
  return { turns, seconds };
}

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 167) & 255);
const out = new Uint8Array(32);

for (const length of [64, 250, 500, 1000, 100_000]) {
  measure(`sha256d of ${length} bytes`, "hashes", 1, () => sha256dInto(bytes, 0, length, out, 0));
}

const leaves = bytes.slice(0, 2048 * 32);
measure("merkle root of 2,048 leaves", "roots", 1, () => {
  for (let count = 1024; count >= 1; count >>= 1) sha256dPairs(leaves, count, leaves);
});
measure("mining, header hashes", "hashes", 20_000, (turn) => {
  grindHeader(bytes.subarray(0, 80), new Uint8Array(32), turn * 20_000, 20_000);
});

const hasher = new SipHasher(1n, 2n);
measure("SipHash of 36 bytes", "hashes", 1, (turn) =>
  hasher.hash(bytes, turn & 255, (turn & 255) + 36),
);
measure("tagged hash of 64 bytes", "hashes", 1, () =>
  taggedHash("TapBranch", bytes.subarray(0, 64)),
);

const set = new MuHash();
measure("MuHash insert of 60 bytes", "inserts", 1, (turn) => {
  set.insert(bytes.subarray(turn & 4095, (turn & 4095) + 60));
});

const signatures = Array.from({ length: 256 }, (_, i) => {
  const secret = sha256d(Uint8Array.of(i));
  const hash = sha256d(secret);
  const x = publicKeyX(secret);
  const output = tweakTapKey(x, hash) ?? { x, parity: 0 as const };
  return {
    hash,
    x,
    output,
    key: publicKey(secret),
    tweak: taggedHash("TapTweak", x, hash),
    ecdsa: signEcdsa(hash, secret),
    schnorr: signSchnorr(hash, secret, hash),
  };
});

/** Case of this turn; a check must be right, else its speed says nothing. */
function check(turn: number, ask: (it: (typeof signatures)[number]) => boolean): void {
  const signature = signatures[turn & 255];
  if (signature === undefined || !ask(signature)) throw new Error("a good signature was refused");
}

for (const backend of signatureBackends()) {
  measure(`${backend.name}: ECDSA`, "checks", 1, (turn) =>
    check(turn, (it) => backend.verifyEcdsa(it.ecdsa, it.hash, it.key)),
  );
  measure(`${backend.name}: BIP340`, "checks", 1, (turn) =>
    check(turn, (it) => backend.verifySchnorr(it.schnorr, it.hash, it.x)),
  );
  measure(`${backend.name}: taproot tweak`, "checks", 1, (turn) =>
    check(turn, (it) => backend.checkTapTweak(it.x, it.tweak, it.output.x, it.output.parity)),
  );
}
