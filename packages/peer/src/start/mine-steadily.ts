import type { Miner } from "../mining/miner.ts";
import type { MiningPlan } from "./mining-settings.ts";

interface MiningLog {
  warning(text: string): void;
}

/** Mining that goes on until it is stopped. */
interface SteadyMining {
  stop(): Promise<void>;
}

/** Mines one block an interval on whatever is the tip then. What goes wrong is logged and tried again. */
export function mineSteadily(miner: Miner, plan: MiningPlan, log: MiningLog): SteadyMining {
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    running = miner
      .generate(1, plan.script, Number.MAX_SAFE_INTEGER, stopping.signal)
      .catch((error: unknown) => log.warning(`Mining failed: ${error}`))
      .finally(() => {
        isBusy = false;
      });
  }, plan.intervalMs);
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
