import type { MultiPolygon, Polygon } from 'geojson';
import { type Limit, limitText, outside } from '../limits.ts';
import type { AirspaceZone, AltitudeDatum, ElevationModel, LonLat, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import type { HeightRange } from './zone-heights.ts';

/** Horizontal margins that differ from the common one, metres. */
export type AirspaceMargins = Partial<Readonly<Record<AirspaceZone['kind'] | 'boundary', number>>>;

/** Airspace for flight between two heights during a span of time. */
export interface AirspaceRequest {
  readonly zones: readonly AirspaceZone[];
  /** Nobody leaves this; null: no such limit. */
  readonly boundary?: Polygon | MultiPolygon | null;
  /** Distance kept from zones and from the boundary, metres, 0–10,000. */
  readonly marginM: number;
  /** Margins of single kinds instead. */
  readonly marginsM?: AirspaceMargins;
  /** Distance kept from a zone's heights, metres, 0–1,000; default 0. */
  readonly verticalMarginM?: number;
  /** Epoch milliseconds; null: zones of every time before (after) count. */
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  /** Height flown at; a range when it changes. */
  readonly heightM: number | HeightRange;
  readonly datum: AltitudeDatum;
  /** Ground height above sea level at the home point; null when not known. */
  readonly homeElevationAmslM: number | null;
  readonly elevation: ElevationModel | null;
  /** Where the local plane is exact; default the middle of boundary or zones. */
  readonly origin?: LonLat;
}

/** The request's heights as a range. */
export function heightsOf(request: Pick<AirspaceRequest, 'heightM'>): HeightRange {
  const { heightM } = request;
  return typeof heightM === 'number' ? { lowM: heightM, highM: heightM } : heightM;
}

/** The margin that holds for a kind of zone or for the boundary, metres. */
export function marginOf(
  request: Pick<AirspaceRequest, 'marginM' | 'marginsM'>,
  kind: AirspaceZone['kind'] | 'boundary',
): number {
  return request.marginsM?.[kind] ?? request.marginM;
}

/** Numbers that geometry is built on must make sense; every one that does not is named. */
export function checkAirspaceRequest(request: AirspaceRequest): PlanIssue[] {
  const heights = heightsOf(request);
  const limits: Limit[] = [
    ['marginM', request.marginM, 0, 10_000],
    ...Object.entries(request.marginsM ?? {}).map(
      ([kind, value]): Limit => [`marginsM.${kind}`, value, 0, 10_000],
    ),
    ['verticalMarginM', request.verticalMarginM ?? 0, 0, 1_000],
    ['heightM', heights.lowM, -1_000, 30_000],
    ['heightM', heights.highM, heights.lowM, 30_000],
  ];
  if (request.fromMs !== null && request.untilMs !== null) {
    limits.push(['untilMs', request.untilMs, request.fromMs, Number.MAX_SAFE_INTEGER]);
  }
  if (request.origin !== undefined) {
    limits.push(['origin.lonDeg', request.origin.lonDeg, -180, 180]);
    limits.push(['origin.latDeg', request.origin.latDeg, -89, 89]);
  }
  return outside(limits).map((limit) =>
    planIssue('airspace.bad-request', limitText(limit), { field: limit[0], value: String(limit[1]) }),
  );
}
