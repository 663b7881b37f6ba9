// The URL hash is the state of the view: `#/runs/ID?stage=…`. Path and query both live behind the `#`, so that a link works
// from a file, from the loopback server, and with Back. (wouter's own hash hook puts the query before the `#`.)
import { useCallback, useSyncExternalStore } from "react";

export interface HashLocation {
  path: string;
  query: string;
}

export function parseHash(hash: string): HashLocation {
  const body = hash.replace(/^#?\/?/, "");
  const mark = body.indexOf("?");
  return mark < 0 ? { path: `/${body}`, query: "" } : { path: `/${body.slice(0, mark)}`, query: body.slice(mark + 1) };
}

/** `to` with the entries of `changes` set; null or "" removes one. Order is kept, so equal states have equal links. */
export function withQuery(query: string, changes: Record<string, string | null>): string {
  const params = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(key);
    else params.set(key, value);
  }
  return params.toString();
}

function subscribe(callback: () => void): () => void {
  window.addEventListener("hashchange", callback);
  window.addEventListener("popstate", callback);
  return () => {
    window.removeEventListener("hashchange", callback);
    window.removeEventListener("popstate", callback);
  };
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const hash = `#${to.startsWith("/") ? to : `/${to}`}`;
  if (hash === window.location.hash) return;
  if (options.replace) window.history.replaceState(null, "", hash);
  else window.history.pushState(null, "", hash);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

const currentHash = () => window.location.hash;

/** wouter's location hook. */
export function useHashPath(): [string, (to: string, options?: { replace?: boolean }) => void] {
  return [parseHash(useSyncExternalStore(subscribe, currentHash)).path, navigate];
}
useHashPath.hrefs = (href: string) => `#${href}`;

/** wouter's search hook. */
export function useHashQuery(): string {
  return parseHash(useSyncExternalStore(subscribe, currentHash)).query;
}

/** Changes entries of the query of the link as it is now. Selections are pushed, so Back works; typing replaces. */
export function setQuery(changes: Record<string, string | null>, options: { replace?: boolean } = {}): void {
  const { path, query } = parseHash(window.location.hash);
  const next = withQuery(query, changes);
  navigate(next === "" ? path : `${path}?${next}`, options);
}

/** One entry of the query as state. */
export function useQueryEntry(key: string): [string | null, (value: string | null, options?: { replace?: boolean }) => void] {
  const value = new URLSearchParams(useHashQuery()).get(key);
  const set = useCallback((next: string | null, options?: { replace?: boolean }) => setQuery({ [key]: next }, options), [key]);
  return [value, set];
}

/** A link that keeps the inspector's selection out: what is inspected belongs to the view it was opened from. */
export function link(path: string, query: Record<string, string | null | undefined> = {}): string {
  const entries: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(query)) entries[key] = value ?? null;
  const search = withQuery("", entries);
  return search === "" ? path : `${path}?${search}`;
}
