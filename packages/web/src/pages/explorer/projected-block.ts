import { useEffect, useState } from "preact/hooks";
import { onTopic } from "../../live.ts";
import { rpc } from "../../rpc.ts";
import type { ProjectedBlock } from "../../state/chain.ts";

/** A transaction in a projected block. */
interface ProjectedTransaction {
  readonly txid: string;
  readonly vsize: number;
  readonly weight: number;
  readonly fee: number;
  readonly rate: number;
  readonly time: number;
}

type FullProjectedBlock = ProjectedBlock & { readonly txs: readonly ProjectedTransaction[] };

/** A picture that changes more often than this is no picture. */
const REFRESH_MS = 4_000;

/** The projected block at `index` with its transactions; null when there is none, undefined on its way. */
export function useProjectedBlock(index: number): FullProjectedBlock | null | undefined {
  const [block, setBlock] = useState<FullProjectedBlock | null | undefined>(undefined);
  useEffect(() => {
    let current = true;
    let last = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      last = Date.now();
      timer = undefined;
      rpc<readonly FullProjectedBlock[]>("getprojectedblocks", [index + 1, true])
        .then((blocks) => {
          if (current) setBlock(blocks[index] ?? null);
        })
        // The picture stays as it is until the peer answers again.
        .catch(() => undefined);
    };
    load();
    const stop = onTopic("mempool", () => {
      timer ??= setTimeout(load, Math.max(0, last + REFRESH_MS - Date.now()));
    });
    return () => {
      current = false;
      clearTimeout(timer);
      stop();
    };
  }, [index]);
  return block;
}
