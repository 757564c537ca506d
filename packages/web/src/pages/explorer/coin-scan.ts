import { useEffect, useState } from "preact/hooks";
import { rpc } from "../../rpc.ts";
import { tip } from "../../state/chain.ts";

interface FoundCoin {
  readonly txid: string;
  readonly vout: number;
  readonly amount: number;
  readonly coinbase: boolean;
  readonly height: number;
  readonly blockhash: string;
}

interface ScanResult {
  readonly success: boolean;
  readonly height: number;
  readonly unspents: readonly FoundCoin[];
  readonly total_amount: number;
}

/** How far the look through all unspent coins is. */
export type CoinScan =
  | { readonly state: "idle" }
  | { readonly state: "running"; readonly progress: number | null }
  | { readonly state: "failed"; readonly problem: string }
  | { readonly state: "done"; readonly result: ScanResult };

/** On a chain this short the look takes no time, so nobody is asked. */
const SHORT_CHAIN = 20_000;
const POLL_MS = 1_000;

/** Looks through all unspent coins for those of an address or descriptor. */
export function useCoinScan(target: string): {
  readonly scan: CoinScan;
  readonly start: () => void;
  readonly stop: () => void;
} {
  const [scan, setScan] = useState<CoinScan>({ state: "idle" });
  const isShort = tip.value !== null && tip.value.height < SHORT_CHAIN;

  function start(): void {
    setScan({ state: "running", progress: null });
    rpc<ScanResult>("scantxoutset", ["start", [target]]).then(
      (result) => setScan(result.success ? { state: "done", result } : { state: "idle" }),
      (failure: Error) => setScan({ state: "failed", problem: failure.message }),
    );
  }

  function stop(): void {
    void rpc("scantxoutset", ["abort"]).catch(() => undefined);
  }

  useEffect(() => {
    if (isShort) start();
  }, [target, isShort]);

  const isRunning = scan.state === "running";
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => {
      rpc<{ progress: number } | null>("scantxoutset", ["status"])
        .then((status) => {
          if (status === null) return;
          const progress = status.progress / 100;
          setScan((old) => (old.state === "running" ? { state: "running", progress } : old));
        })
        // The scan itself says what went wrong.
        .catch(() => undefined);
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [isRunning]);

  return { scan, start, stop };
}
