// Writes what the attacks of a test run did to their victim into docs/faults.md:
// COMPEER_ATTACK_REPORT=report.jsonl npm run test:scenarios && node scripts/faults-table.mjs report.jsonl
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = fileURLToPath(new URL("../docs/faults.md", import.meta.url));
const SECTIONS = ["## Crash, memory, time", "## Network"];
const HEAD =
  "| id | a correct node must | what the attacked peer did | memory kept | slowest pong | our test |";
const RULE = "| --- | --- | --- | --- | --- | --- |";
const NONE = "–";

const [report] = process.argv.slice(2);
if (report === undefined) throw new Error("usage: node scripts/faults-table.mjs REPORT");
const outcomes = new Map();
for (const line of readFileSync(report, "utf8").split("\n"))
  if (line !== "") {
    const outcome = JSON.parse(line);
    outcomes.set(outcome.id, outcome);
  }

const tests = [...testFiles(join(ROOT, "packages")), ...testFiles(join(ROOT, "test"))]
  .filter((file) => !file.endsWith("faults-table.test.ts"))
  .map((file) => ({ name: relative(ROOT, file), text: readFileSync(file, "utf8") }));

let section = "";
const page = readFileSync(PAGE, "utf8")
  .split("\n")
  .map((line) => {
    if (line.startsWith("## ")) section = line;
    return SECTIONS.includes(section) && line.startsWith("|") ? rewritten(line) : line;
  })
  .join("\n");
const tested = page.match(/^\| [A-Z]\d\d \|.*\.test\.ts` \|$/gm).length;
writeFileSync(
  PAGE,
  page.replace(/: \d+ of (\d+) rows have one\./, `: ${tested} of $1 rows have one.`),
);
console.log(`${outcomes.size} outcomes in ${relative(ROOT, PAGE)}`);

function rewritten(line) {
  const cells = line.split("|").map((cell) => cell.trim());
  const [, id, rule] = cells;
  if (id === "id") return HEAD;
  if (id === "---") return RULE;
  const named = new RegExp(`\\b${id}\\b`);
  const files = tests.filter(({ text }) => named.test(text)).map(({ name }) => `\`${name}\``);
  const where = files.length > 0 ? files.join("<br>") : cells[cells.length - 2];
  return `| ${[id, rule, ...outcomeCells(id), where].join(" | ")} |`;
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "dist" && name !== "node_modules")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return testFiles(path);
      return entry.name.endsWith(".test.ts") ? [path] : [];
    })
    .sort();
}

function outcomeCells(id) {
  const outcome = outcomes.get(id);
  if (outcome === undefined) return [NONE, NONE, NONE];
  const { reaction, grownBytes, slowestPingMs } = outcome;
  const megabytes = Math.max(0, grownBytes / 1e6).toFixed(1);
  return [reaction, `${megabytes} MB`, `${Math.ceil(slowestPingMs)} ms`];
}
