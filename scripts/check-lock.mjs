// Fails when package-lock.json lacks an optional package that another names: `npm ci` would refuse it.
import { readFileSync } from "node:fs";

const packages = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
let missing = 0;
for (const [path, { version, optionalDependencies = {} }] of Object.entries(packages))
  for (const name of Object.keys(optionalDependencies)) {
    if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
    console.error(`missing ${name} of ${path || "."} ${version ?? ""}`);
    missing++;
  }
console.log(`lock: ${missing} optional packages missing`);
process.exit(missing ? 1 : 0);
