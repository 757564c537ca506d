import type { Option } from "../option.ts";

/** Known so that they are no errors, but not told of. */
export const HIDDEN_OPTIONS: readonly Option[] = [
  { name: "?", group: "" },
  { name: "h", group: "" },
  { name: "checkpoints", group: "" },
  { name: "choosedatadir", group: "" },
  { name: "dbcrashratio", group: "" },
  { name: "forcecompactdb", group: "" },
  { name: "ipcbind", group: "" },
  { name: "lang", group: "" },
  { name: "min", group: "" },
  { name: "resetguisettings", group: "" },
  { name: "splash", group: "" },
  { name: "uiplatform", group: "" },
];
