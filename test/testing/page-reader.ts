import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import type { Caller } from "./peers.ts";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const RUN_AXE = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`;

/** A browser window on one peer's page, with everything that a reader should never meet noted. */
export class PageReader {
  /** Every window that was opened, for what to say when something fails. */
  static readonly all: PageReader[] = [];

  readonly page: Page;
  /** Console errors, exceptions, requests to other hosts. */
  readonly faults: string[] = [];
  readonly #origin: string;

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.faults.push(`thrown: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      const isOwn = url.origin === origin || url.protocol === "data:" || url.protocol === "blob:";
      if (!isOwn) this.faults.push(`request: ${request.url()}`);
    });
  }

  /** Opens a login link of the peer in a window of its own, as `compeer open` would. */
  static async open(browser: Browser, peer: Caller): Promise<PageReader> {
    const { url } = await peer.call<{ url: string }>("createpagelink");
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const reader = new PageReader(await context.newPage(), new URL(url).origin);
    await reader.page.goto(url);
    PageReader.all.push(reader);
    await reader.see("Welcome to your own peer");
    return reader;
  }

  /** Faults that were meant to happen: the browser itself notes the status of a refusal. */
  forgive(expected: RegExp): void {
    const left = this.faults.filter((fault) => !expected.test(fault));
    this.faults.splice(0, this.faults.length, ...left);
  }

  /** What stands on the page now, in short. */
  async shown(): Promise<string> {
    const text = await this.page.locator("main").innerText({ timeout: 2_000 }).catch(String);
    return `${this.page.url()}: ${text.slice(0, 800)}`;
  }

  /** Goes to a place of the page and waits for what it is headed. */
  async go(path: string): Promise<void> {
    await this.page.goto(`${this.#origin}${path}`);
    await this.page.getByRole("heading", { level: 1 }).waitFor();
  }

  press(name: string): Promise<void> {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  fill(label: string, text: string): Promise<void> {
    return this.page.getByLabel(label, { exact: true }).fill(text);
  }

  /** Presses a button of the dialog that is open. */
  answer(name: string): Promise<void> {
    return this.page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
  }

  /** Hands a file to the page, as the button of that name would. */
  giveFile(button: string, name: string, content: Buffer | string): Promise<void> {
    const buffer = Buffer.from(content);
    const mimeType = "application/octet-stream";
    const input = this.page.locator(`input[type=file][aria-label="${button}"]`);
    return input.setInputFiles({ name, mimeType, buffer });
  }

  /** What a button gives to be saved. */
  async saved(button: string): Promise<Buffer> {
    const [file] = await Promise.all([this.page.waitForEvent("download"), this.press(button)]);
    return readFileSync(await file.path());
  }

  /** The words that the page shows to be written down. */
  async wordsShown(): Promise<readonly string[]> {
    const list = this.page.getByRole("list", { name: "Words of the wallet" });
    await list.waitFor();
    return list.getByRole("listitem").allTextContents();
  }

  /** Types the words that the page asks for. */
  async typeWords(words: readonly string[]): Promise<void> {
    const asked = this.page.locator("label", { hasText: /^Word \d+$/ });
    await asked.first().waitFor();
    for (const label of await asked.allTextContents())
      await this.fill(label, words[Number(label.slice("Word ".length)) - 1] as string);
  }

  /** Waits until the text stands on the page. */
  see(text: string | RegExp): Promise<void> {
    return this.page.getByText(text).first().waitFor();
  }

  /** What axe-core finds at a place, in both themes. */
  async violations(path: string): Promise<readonly string[]> {
    await this.go(path);
    await this.page.locator("main .loading").first().waitFor({ state: "detached" });
    await this.page.evaluate(axeSource);
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await this.page.emulateMedia({ colorScheme });
      const violations = (await this.page.evaluate(RUN_AXE)) as readonly string[];
      found.push(...violations.map((violation) => `${path} (${colorScheme}) ${violation}`));
    }
    return found;
  }
}
