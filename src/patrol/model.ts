import type { MissionItem } from '../../missions/index.ts';
import type { LonLatPair, PatrolView, Purpose, SortieView } from '../contract/index.ts';

/** A patrol that was ordered: which cell, by whom, when, why. */
export interface PatrolOrder {
  readonly patrolId: string;
  readonly cellId: string;
  readonly cellName: string;
  readonly cellNameEn: string | null;
  readonly purpose: Purpose;
  readonly note: string | null;
  readonly orderNumber: string | null;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** One flight of one vehicle for a patrol, with what it was sent. */
export interface Sortie extends SortieView {
  readonly items: readonly MissionItem[];
  /** First and last item index whose waypoint belongs to the covering part. */
  readonly coverFirstIndex: number;
  readonly coverLastIndex: number;
}

export interface Patrol {
  readonly order: PatrolOrder;
  readonly endedAtMs: number | null;
  readonly state: PatrolView['state'];
  readonly sorties: readonly Sortie[];
}

export const isSortieOver = (sortie: Pick<SortieView, 'state'>): boolean =>
  sortie.state === 'done' || sortie.state === 'partly-done' || sortie.state === 'failed';

export function toSortieView(sortie: Sortie): SortieView {
  const { items: _items, coverFirstIndex: _first, coverLastIndex: _last, ...view } = sortie;
  return view;
}

export function toPatrolView(patrol: Patrol): PatrolView {
  return {
    ...patrol.order,
    endedAtMs: patrol.endedAtMs,
    state: patrol.state,
    sorties: patrol.sorties.map(toSortieView),
  };
}

export const toPair = (point: { readonly lonDeg: number; readonly latDeg: number }): LonLatPair => [
  point.lonDeg,
  point.latDeg,
];
