import type { ComponentType } from "preact";

/** The part of the page that a place belongs to: its menu entry is marked. */
export type Area = "home" | "explorer" | "wallet" | "network" | "settings";

/** What a page gets: the parts of its path that its pattern names. */
export interface PageProps {
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** A place of the page and how to load what stands there. */
export interface Route {
  readonly path: string;
  readonly area: Area;
  readonly load: () => Promise<ComponentType<PageProps>>;
}
