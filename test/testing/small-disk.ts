// Loaded into a process before all else (node --import), it makes every disk seem to have as many bytes
// left as the file named by COMPEER_FREE_BYTES says.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { COMPEER_FREE_BYTES } = process.env;
const truth = fs.statfsSync;

fs.statfsSync = ((path: fs.PathLike) => {
  const stats = truth(path);
  const free = Number(fs.readFileSync(COMPEER_FREE_BYTES as string, "utf8"));
  return { ...stats, bsize: 1, bfree: free, bavail: free };
}) as typeof fs.statfsSync;
syncBuiltinESMExports();
