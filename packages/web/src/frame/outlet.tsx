import type { ComponentType, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Empty } from "../parts/empty.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import type { PageProps, Route } from "../route.ts";
import { place } from "../router.ts";
import { findRoute } from "../routes.ts";

interface Shown {
  readonly route: Route;
  readonly Content: ComponentType<PageProps>;
}

/** What stands at the current place. The page before stays until the next one is loaded. */
export function Outlet(): JSX.Element {
  const { path } = place.value;
  const found = findRoute(path);
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const main = useRef<HTMLElement>(null);
  const visited = useRef(path);

  useEffect(() => {
    if (found === null) return;
    let current = true;
    setProblem(null);
    found.route.load().then(
      (Content) => {
        if (current) setShown({ route: found.route, Content });
      },
      (failure: Error) => {
        if (current) setProblem(failure.message);
      },
    );
    return () => {
      current = false;
    };
  }, [found?.route]);

  // Who listens hears the new place from its start; who is typing already is left alone.
  useLayoutEffect(() => {
    if (visited.current === path) return;
    visited.current = path;
    if (document.activeElement instanceof HTMLInputElement) return;
    main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <main id="main" ref={main} tabIndex={-1}>
      {problem !== null ? (
        <Notice kind="error" title="This part of the page did not load">
          {problem}
        </Notice>
      ) : found === null ? (
        <Nowhere path={path} />
      ) : shown === null || shown.route !== found.route ? (
        <Loading />
      ) : (
        <shown.Content key={path} params={found.params} />
      )}
    </main>
  );
}

function Nowhere({ path }: { readonly path: string }): JSX.Element {
  return (
    <Page title="Nothing here">
      <Empty title={`There is no place ${path}.`} action={<Link href="/">Go home</Link>} />
    </Page>
  );
}
