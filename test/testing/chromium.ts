import { existsSync } from "node:fs";

const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const { COMPEER_CHROMIUM } = process.env;

/** Path of the browser that drives the page, from COMPEER_CHROMIUM or where systems put it. */
export const chromiumPath: string | undefined =
  COMPEER_CHROMIUM ?? USUAL_PLACES.find((path) => existsSync(path));

/** For `describe(name, { skip: chromiumMissing }, …)`: false when it is there, else why it skips. */
export const chromiumMissing: string | false =
  chromiumPath === undefined
    ? "CHROMIUM MISSING: set COMPEER_CHROMIUM to the path of the executable"
    : false;

if (chromiumMissing !== false) process.stderr.write(`${chromiumMissing}\n`);
