import type { Link } from '../link/link.ts';
import type { Route } from '../link/link-set.ts';

/** A sender as the network shows it: one component of one system at one endpoint of one link. */
export interface Source extends Route {
  readonly link: Link;
  readonly endpoint: string;
  readonly systemId: number;
  readonly componentId: number;
}
