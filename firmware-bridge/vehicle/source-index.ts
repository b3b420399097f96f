import type { Link } from '../link/link.ts';
import type { Source } from './source.ts';

/**
 * Every sender that is known, found by address, by endpoint, and by system id on a link.
 * Load: looked up twice for every frame, so by nested maps instead of keys made of text.
 */
export class SourceIndex<S extends Source> {
  readonly #all = new Set<S>();
  /** By link, endpoint and system id. */
  readonly #byAddress = new Map<Link, Map<string, Map<number, S>>>();
  /** By link and system id. */
  readonly #bySystem = new Map<string, Set<S>>();

  get all(): ReadonlySet<S> {
    return this.#all;
  }

  /** Groups of the same system id on the same link, with a key that stays. */
  get bySystem(): ReadonlyMap<string, ReadonlySet<S>> {
    return this.#bySystem;
  }

  at(link: Link, endpoint: string, systemId: number): S | null {
    return this.#byAddress.get(link)?.get(endpoint)?.get(systemId) ?? null;
  }

  atEndpoint(link: Link, endpoint: string): Iterable<S> {
    return this.#byAddress.get(link)?.get(endpoint)?.values() ?? [];
  }

  ofSystem(link: Link, systemId: number): ReadonlySet<S> {
    return this.#bySystem.get(systemKey(link, systemId)) ?? NONE;
  }

  add(source: S): void {
    const { link, endpoint, systemId } = source;
    this.#all.add(source);
    const endpoints = this.#byAddress.get(link) ?? new Map<string, Map<number, S>>();
    this.#byAddress.set(link, endpoints);
    const systems = endpoints.get(endpoint) ?? new Map<number, S>();
    endpoints.set(endpoint, systems.set(systemId, source));
    const key = systemKey(link, systemId);
    this.#bySystem.set(key, (this.#bySystem.get(key) ?? new Set()).add(source));
  }

  remove(source: S): void {
    const { link, endpoint, systemId } = source;
    this.#all.delete(source);
    const endpoints = this.#byAddress.get(link);
    const systems = endpoints?.get(endpoint);
    systems?.delete(systemId);
    if (systems?.size === 0) endpoints?.delete(endpoint);
    const key = systemKey(link, systemId);
    const group = this.#bySystem.get(key);
    group?.delete(source);
    if (group?.size === 0) this.#bySystem.delete(key);
  }
}

const NONE: ReadonlySet<never> = new Set();

function systemKey(link: Link, systemId: number): string {
  return `${link.linkId} ${systemId}`;
}
