import { useSyncExternalStore } from 'react';

export type Page = 'operate' | 'flights' | 'grid';
export const PAGES: readonly Page[] = ['operate', 'flights', 'grid'];

export interface Route {
  readonly page: Page;
  /** What follows the page, e.g. a flight id. */
  readonly item: string | null;
}

/** `#/flights/F-12` → page and item; anything unknown is the operate page. */
export function parseRoute(hash: string): Route {
  const [, name, item] = hash.split('/');
  const page = PAGES.find((known) => known === name) ?? 'operate';
  return { page, item: item === undefined || item === '' ? null : decodeURIComponent(item) };
}

export function goTo(page: Page, item: string | null = null): void {
  window.location.hash = item === null ? `#/${page}` : `#/${page}/${encodeURIComponent(item)}`;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}
