/** A wallet that is further behind than this goes on in the background. */
const LOAD_PATIENCE_MS = 60_000;

/** Resolves with the work, or when it takes too long; the work goes on then. */
export async function patiently(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LOAD_PATIENCE_MS);
  });
  try {
    await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
