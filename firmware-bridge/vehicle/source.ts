import type { Link } from '../link/link.ts';
import type { LossTracker } from '../link/loss.ts';

/** A sender as the network shows it: one component of one system at one endpoint of one link. */
export interface Source {
  readonly link: Link;
  readonly endpoint: string;
  readonly systemId: number;
  readonly componentId: number;
  readonly loss: LossTracker;
  lastHeardAtMs: number;
}
