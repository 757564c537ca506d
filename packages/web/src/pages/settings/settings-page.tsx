import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Answer } from "../../parts/answer.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Select } from "../../parts/select.tsx";
import { useRpc } from "../../query.ts";
import { may } from "../../state/session.ts";
import { setter } from "../../state/setter.ts";
import { setTheme, type Theme, theme } from "../../state/theme.ts";
import { setUnit, type Unit, unit } from "../../state/unit.ts";
import { type Setting, settingFits } from "./setting.ts";
import { SettingField } from "./setting-field.tsx";
import { SettingsLinks } from "./settings-links.tsx";

/** Settings shown before somebody searches: the ones people look for. */
const USUAL = [
  "prune",
  "dbcache",
  "maxconnections",
  "maxmempool",
  "listen",
  "onlynet",
  "proxy",
  "connect",
  "addnode",
  "fallbackfee",
  "addresstype",
];

/** How the page looks, and how the peer runs. */
export function SettingsPage(): JSX.Element {
  return (
    <Page title="Settings">
      <SettingsLinks />
      <Card title="This page">
        <div class="row">
          <Select
            label="Colours"
            value={theme.value}
            options={[
              { value: "system", label: "As the system" },
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" },
            ]}
            onChange={(value) => setTheme(value as Theme)}
          />
          <Select
            label="Amounts"
            value={unit.value}
            options={[
              { value: "btc", label: "Bitcoin" },
              { value: "sats", label: "Satoshis" },
            ]}
            onChange={(value) => setUnit(value as Unit)}
          />
        </div>
      </Card>
      <PeerSettings />
    </Page>
  );
}

function PeerSettings(): JSX.Element {
  const query = useRpc<readonly Setting[]>("listsettings");
  const search = useSignal("");
  const isPending = query.value?.some(({ pending }) => pending) ?? false;
  return (
    <Card title="The peer" call={{ method: "listsettings" }}>
      <div class="stack">
        {isPending && (
          <Notice kind="warning">Some changes count from the next start of the peer.</Notice>
        )}
        {!may("spend") && <Notice kind="info">This page was opened for looking only.</Notice>}
        <Field
          label="Search all settings"
          type="search"
          value={search.value}
          hint="Without a search, the usual ones stand here."
          onInput={setter(search)}
        />
        <Answer query={query}>
          {(all) => {
            const shown = all.filter((setting) =>
              search.value.trim() === ""
                ? setting.pending || USUAL.includes(setting.name)
                : settingFits(setting, search.value),
            );
            if (shown.length === 0) return <Empty title="No setting fits." />;
            return (
              <ul class="plain-list settings">
                {shown.map((setting) => (
                  <li key={setting.name}>
                    <SettingField setting={setting} onChange={query.reload} />
                  </li>
                ))}
              </ul>
            );
          }}
        </Answer>
      </div>
    </Card>
  );
}
