import type { IncomingMessage, ServerResponse } from "node:http";
import { type Card, cardHtml, cardText, escapeHtml } from "./card.ts";
import type { PageFiles } from "./page-files.ts";
import { sendText } from "./page-headers.ts";

/** Where the page's script puts its own content; until then, what the peer wrote stands there. */
const MAIN = /(<main id="app"[^>]*>)\s*(<\/main>)/;
const TITLE = /<title>[^<]*<\/title>/;

/** What the peer can say about a path by itself. */
export interface PlainAnswer {
  readonly status: 200 | 404;
  readonly card: Card;
}

/** What somebody wants to see. */
export interface PageQuery {
  readonly path: string;
  /** The block that a transaction is looked for in; empty for wherever it is. */
  readonly block: string;
  /** Somebody who logged in: he may ask for what takes time. */
  readonly isKnown: boolean;
  readonly signal: AbortSignal;
}

/** Writes cards for the paths of the explorer; null for a path that only the page's script knows. */
export interface CardWriter {
  write(query: PageQuery): Promise<PlainAnswer | null>;
}

/** Pages without a script: the shell of the page with what the peer says in it, or a card of text. */
export class PlainPages {
  readonly #files: PageFiles;
  readonly #writer: CardWriter;

  constructor(files: PageFiles, writer: CardWriter) {
    this.#files = files;
    this.#writer = writer;
  }

  async send(query: PageQuery, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#writer.write(query);
    const status = answer?.status ?? 200;
    response.setHeader("Vary", "Accept");
    if (wantsText(request)) {
      const text = answer === null ? "This page needs a browser.\n" : cardText(answer.card);
      return sendText(response, answer === null ? 406 : status, "text/plain; charset=utf-8", text);
    }
    sendText(response, status, "text/html; charset=utf-8", this.#html(answer));
  }

  #html(answer: PlainAnswer | null): string {
    const shell = this.#files.shell() ?? SPARE_SHELL;
    if (answer === null) return shell;
    const { card } = answer;
    return shell
      .replace(TITLE, () => `<title>${escapeHtml(card.title)} · compeer</title>`)
      .replace(MAIN, (_, open: string, close: string) => `${open}${cardHtml(card)}${close}`);
  }
}

/** A terminal's `Accept: text/plain`; browsers ask for HTML first. */
function wantsText({ headers }: IncomingMessage): boolean {
  const accept = headers.accept ?? "";
  return accept.includes("text/plain") && !accept.includes("text/html");
}

/** What is shown where the page itself was not built. */
const SPARE_SHELL = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>compeer</title></head>
<body><nav><a href="/blocks">Blocks</a> <a href="/mempool">Mempool</a></nav><main id="app"></main></body>
</html>
`;
