import { go } from "../../router.ts";

/** Remembered by this browser, so that it is asked once. */
const WELCOMED = "compeer.welcomed";

/** Ends the first run and goes on to a place of the page. */
export function endWelcome(href = "/"): void {
  localStorage.setItem(WELCOMED, "yes");
  go(href);
}
