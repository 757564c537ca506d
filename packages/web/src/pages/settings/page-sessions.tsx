import type { JSX } from "preact";
import { Answer } from "../../parts/answer.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";

interface PageSession {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly since: number;
  readonly lastuse: number;
  readonly agent: string;
  readonly current: boolean;
}

/** The browsers that are signed in, each of which can be sent away. */
export function PageSessions(): JSX.Element {
  const sessions = useRpc<readonly PageSession[]>("listpagesessions");
  const action = useAction();
  const end = (id: string): void =>
    action.run(async () => {
      await rpc("endpagesession", [id]);
      sessions.reload();
    });
  return (
    <Card title="Browsers signed in" call={{ method: "listpagesessions" }}>
      <Answer query={sessions}>
        {(list) => (
          <ul class="history">
            {list.map(({ id, scopes, lastuse, agent, current }) => (
              <li key={id} class="history-entry">
                <div>
                  <span class="history-label">{agent || "Unknown browser"}</span>
                  <span class="small muted">
                    {scopes.join(", ")}, last used <Time seconds={lastuse} />
                  </span>
                </div>
                <div class="history-side">
                  {current ? (
                    <Badge kind="good">this one</Badge>
                  ) : (
                    <Button busy={action.busy} onClick={() => end(id)}>
                      Sign out
                    </Button>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </Card>
  );
}
