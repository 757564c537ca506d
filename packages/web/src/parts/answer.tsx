import type { ComponentChildren, JSX } from "preact";
import type { Query } from "../query.ts";
import { Button } from "./button.tsx";
import { Loading } from "./loading.tsx";
import { Notice } from "./notice.tsx";

interface AnswerProps<T> {
  readonly query: Query<T>;
  readonly children: (value: T) => ComponentChildren;
}

/** What a call gave: it is on its way, it failed, or here it is. */
export function Answer<T>({ query, children }: AnswerProps<T>): JSX.Element {
  if (query.value !== undefined) return <>{children(query.value)}</>;
  if (query.error === null) return <Loading />;
  return (
    <Notice kind="error" actions={<Button onClick={query.reload}>Try again</Button>}>
      {query.error}
    </Notice>
  );
}
