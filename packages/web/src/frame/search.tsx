import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { go } from "../router.ts";
import { findPlace } from "./find-place.ts";

/** Takes anything that has a place and goes there. `/` and Ctrl-K lead to it. */
export function Search(): JSX.Element {
  const box = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);

  // Keys pressed right after the page shows must find a listener.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const called = event.key === "/" ? !isTyping(event.target) : isCtrlK(event);
      if (!called) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);

  async function search(): Promise<void> {
    // What stands in the field now: a fast typist is ahead of what was drawn.
    const text = box.current?.value.trim() ?? "";
    if (text === "") return;
    const href = await findPlace(text);
    if (href === null) {
      setProblem("No height, hash, address, descriptor or command.");
      return;
    }
    setProblem(null);
    if (box.current !== null) box.current.value = "";
    box.current?.blur();
    go(href);
  }

  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          search().catch((failure: Error) => setProblem(failure.message));
        }}
      >
        <Icon name="search" />
        <input
          ref={box}
          type="search"
          aria-label="Search"
          aria-describedby={problem === null ? undefined : "search-problem"}
          placeholder="Height, hash, address, > command"
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          onInput={() => setProblem(null)}
        />
        <kbd>/</kbd>
        {problem === null ? null : (
          <p id="search-problem" class="search-problem" role="alert">
            {problem}
          </p>
        )}
      </form>
    </search>
  );
}

function isCtrlK(event: KeyboardEvent): boolean {
  return event.key === "k" && (event.ctrlKey || event.metaKey);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}
