import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { ask, textAt } from "../connect/ask.ts";
import type { Session } from "../connect/session.ts";

const ASK_AGAIN_MS = 250;
/** A login link as our peer writes it: nothing else is handed to a browser. */
const LINK = /^http:\/\/[\w.:[\]-]+\/login#[\w-]+$/;

/** Opens the page in the browser; a link is printed for where there is none. */
export async function open(session: Session): Promise<string> {
  const scope = session.flag("view") ? "view" : "spend";
  const url = await pageLink(session, scope);
  const isOpened = !session.flag("print") && openBrowser(url);
  const words = isOpened ? "Opening the page. Should no browser come up:" : "Open this once:";
  return `${words}\n  ${url}`;
}

/** Asks a peer that is starting until it has a link to its page; null when it will not have one. */
export async function awaitPageLink(
  session: Session,
  isOver: () => boolean,
): Promise<string | null> {
  while (!isOver()) {
    try {
      return await pageLink(session, "spend");
    } catch (error) {
      if (error instanceof RpcError && error.code !== RpcErrorCode.inWarmup) return null;
    }
    await sleep(ASK_AGAIN_MS);
  }
  return null;
}

async function pageLink(session: Session, scope: string): Promise<string> {
  const url = textAt(await ask(session, "createpagelink", [scope], null), "url");
  if (!LINK.test(url)) throw new Error("the peer's answer is no link to a page");
  return url;
}

/** True when there is something to show it on. */
function openBrowser(url: string): boolean {
  const [program, ...args] = browserCommand();
  if (program === undefined) return false;
  const child = spawn(program, [...args, url], { detached: true, stdio: "ignore" });
  child.on("error", () => undefined); // the link is printed as well
  child.unref();
  return true;
}

function browserCommand(): readonly string[] {
  const { platform } = process;
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  const hasScreen = Boolean(DISPLAY ?? WAYLAND_DISPLAY);
  return hasScreen ? ["xdg-open"] : [];
}
