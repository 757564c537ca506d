import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { openStream } from "../live.ts";
import { Loading } from "../parts/loading.tsx";
import { go, place } from "../router.ts";
import { followChain } from "../state/chain.ts";
import { loadSession, session, signIn } from "../state/session.ts";
import { read } from "../state/stored.ts";
import { followWallets } from "../state/wallets.ts";
import { DoorPage } from "./door-page.tsx";
import { Frame } from "./frame.tsx";

/** The whole page: the door while nobody is signed in, then the frame with the place in it. */
export function App(): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    enter().catch((failure: Error) => setProblem(failure.message));
  }, []);
  if (problem !== null) return <DoorPage problem={problem} />;
  if (session.value === null) return <Waiting />;
  if (!session.value.authenticated) return <DoorPage problem={null} />;
  return <Frame />;
}

function Waiting(): JSX.Element {
  return (
    <main class="door">
      <Loading />
    </main>
  );
}

/** Trades the link's token if there is one, learns who we are, and starts all that is live. */
async function enter(): Promise<void> {
  if (place.value.path === "/login") {
    const token = location.hash.slice(1);
    go("/", { replace: true });
    if (token === "") await loadSession();
    else await signIn(token);
  } else {
    await loadSession();
  }
  if (!session.value?.authenticated) return;
  if (place.value.path === "/" && read("welcomed") === null) go("/welcome", { replace: true });
  followChain();
  openStream(session.value.csrf ?? "");
  followWallets();
}
