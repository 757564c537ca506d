import { render } from "preact";
import { App } from "./frame/app.tsx";
import { followHistory } from "./router.ts";
import { followTheme } from "./state/theme.ts";

followTheme();
followHistory();
// What the peer wrote for readers without script makes room for the page.
document.body.replaceChildren();
render(<App />, document.body);
