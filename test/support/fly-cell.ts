import { area, buffer, distance, featureCollection, intersect, lineString, polygon } from '@turf/turf';
import type { Feature, LineString, MultiPolygon, Polygon } from 'geojson';
import { expect } from 'vitest';
import type {
  CellList,
  CellView,
  FlightDetail,
  FlightSummary,
  LonLatPair,
  PatrolPreview,
  PatrolView,
  SortieView,
} from '../../src/contract/index.ts';
import type { ConsoleClient, ConsoleFeed } from './console-client.ts';
import { checkTlog } from './tlog-check.ts';

/** MAVLink message ids and MAV_CMD values that the record of a flight must hold (common.xml). */
const HEARTBEAT = 0;
const MISSION_COUNT = 44;
const MISSION_ITEM_INT = 73;
const COMMAND_LONG = 76;
const COMPONENT_ARM_DISARM = 400;
const GROUND_STATION = 245;

export interface FlownCell {
  readonly preview: PatrolPreview;
  readonly patrol: PatrolView;
  readonly flight: FlightSummary;
  readonly coverageOfPlanPct: number;
  readonly states: readonly string[];
}

/** The cell of the level that is nearest to an aircraft standing ready. */
export async function nearestCell(
  client: ConsoleClient,
  feed: ConsoleFeed,
  level: 1 | 2 | 3,
): Promise<CellView> {
  const { body } = await client.call<CellList>('GET', '/api/v1/grid/cells');
  const homes = [...feed.vehicles.values()].flatMap((v) => (v.position === null ? [] : [v.position]));
  const away = (cell: CellView) =>
    Math.min(
      ...homes.map((home) => distance(cell.centroid, [home.lonDeg, home.latDeg], { units: 'meters' })),
    );
  const cells = body.cells.filter((cell) => cell.level === level).sort((a, b) => away(a) - away(b));
  const nearest = cells[0];
  if (nearest === undefined) throw new Error(`no cell of level ${level}`);
  return nearest;
}

/**
 * The whole main job through the public API: cell → plan → launch → cover → land → record, with the record checked
 * frame by frame and the flown track held against the planned swath.
 */
export async function flyCell(
  client: ConsoleClient,
  feed: ConsoleFeed,
  cellId: string,
  options: { readonly withinMs: number; readonly relativeAltitudeM?: number },
): Promise<FlownCell> {
  const altitude =
    options.relativeAltitudeM === undefined ? {} : { relativeAltitudeM: options.relativeAltitudeM };
  const { body: preview } = await client.call<PatrolPreview>('POST', '/api/v1/patrols/preview', {
    cellId,
    ...altitude,
  });
  expect(preview.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
  expect(preview.launchable).toBe(true);
  expect(preview.coveragePct).toBeGreaterThan(99);

  const launch = { previewId: preview.previewId, purpose: 'exercise', note: 'end-to-end test' };
  const { status, body: ordered } = await client.call<PatrolView>('POST', '/api/v1/patrols', launch);
  expect(status).toBe(201);
  const states: string[] = [];
  const now = () => feed.patrols.get(ordered.patrolId) ?? ordered;
  await feed.until(
    'the end of the patrol',
    () => {
      const state = now().sorties[0]?.state ?? '';
      if (states.at(-1) !== state) states.push(state);
      return now().state !== 'running';
    },
    options.withinMs,
  );
  const patrol = now();
  expect(patrol.sorties.map((sortie) => sortie.failure)).toEqual(patrol.sorties.map(() => null));
  expect(patrol.state).toBe('done');
  const sortie = patrol.sorties[0];
  if (sortie?.flightId == null) throw new Error('the sortie has no flight');
  for (const step of sortie.steps) expect([step.step, step.state]).toEqual([step.step, 'done']);

  const flight = await closedFlight(client, sortie.flightId);
  const tlog = await client.bytes(`/api/v1/flights/${flight.flightId}/tlog`);
  expect(tlog.length).toBe(flight.tlog?.bytes);
  checkRecord(tlog, flight);
  const track = await client.call<Feature | GeoJSON.FeatureCollection>(
    'GET',
    `/api/v1/flights/${flight.flightId}/track.geojson`,
  );
  const coverageOfPlanPct = coveredPct(sortie, lineOf(track.body), preview.swathWidthM);
  return { preview, patrol, flight, coverageOfPlanPct, states };
}

/** The recording is closed some seconds after disarming: its trailer belongs to it. */
async function closedFlight(client: ConsoleClient, flightId: string): Promise<FlightSummary> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { body } = await client.call<FlightDetail>('GET', `/api/v1/flights/${flightId}`);
    if (body.flight.state === 'closed' && body.flight.tlog !== null) {
      const kinds = body.events.map((event) => event.kind);
      expect(kinds[0]).toBe('armed');
      expect(kinds).toEqual(expect.arrayContaining(['mode', 'item-reached', 'disarmed']));
      expect(body.flight).toMatchObject({ purpose: 'exercise', maxRelativeAltitudeM: expect.any(Number) });
      return body.flight;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`flight ${flightId} was not closed`);
}

function checkRecord(tlog: Buffer, flight: FlightSummary): void {
  const frames = checkTlog(tlog);
  expect(frames.length).toBe(flight.tlog?.frames);
  const ours = frames.filter((frame) => frame.systemId === GROUND_STATION);
  const vehicles = new Set(
    frames.filter((frame) => frame.systemId !== GROUND_STATION).map((frame) => frame.systemId),
  );
  expect(vehicles.size).toBe(1);
  const sentIds = ours.map((frame) => frame.messageId);
  expect(sentIds).toEqual(expect.arrayContaining([HEARTBEAT, MISSION_COUNT, MISSION_ITEM_INT, COMMAND_LONG]));
  const armed = ours.some(
    (frame) => frame.messageId === COMMAND_LONG && frame.payload.readUInt16LE(28) === COMPONENT_ARM_DISARM,
  );
  expect(armed).toBe(true);
  const firstMs = Number((frames[0]?.atUs ?? 0n) / 1000n);
  const lastMs = Number((frames.at(-1)?.atUs ?? 0n) / 1000n);
  expect(firstMs).toBeLessThanOrEqual(flight.startedAtMs);
  expect(lastMs).toBeGreaterThanOrEqual(flight.endedAtMs ?? Number.POSITIVE_INFINITY);
}

function lineOf(track: Feature | GeoJSON.FeatureCollection): LonLatPair[] {
  const features = track.type === 'FeatureCollection' ? track.features : [track];
  const line = features.find((feature) => feature.geometry.type === 'LineString') as Feature<LineString>;
  return line.geometry.coordinates.map(([lon = 0, lat = 0]): LonLatPair => [lon, lat]);
}

/** Share of the planned swath that lies within half a swath of the flown track, by Turf. */
function coveredPct(sortie: SortieView, track: LonLatPair[], swathWidthM: number): number {
  const swathOf = (points: LonLatPair[]) =>
    buffer(lineString(points.length > 1 ? points : [...points, ...points]), swathWidthM / 2, {
      units: 'meters',
      steps: 16,
    }) as Feature<Polygon | MultiPolygon>;
  const planned = swathOf(sortie.coverage);
  const flown = swathOf(track);
  const both = intersect(featureCollection([planned, flown]));
  return both === null ? 0 : (area(both) / area(planned)) * 100;
}

/** For files that a test makes up. */
export const squareAround = (lonDeg: number, latDeg: number, halfDeg: number): Feature<Polygon> =>
  polygon([
    [
      [lonDeg - halfDeg, latDeg - halfDeg],
      [lonDeg + halfDeg, latDeg - halfDeg],
      [lonDeg + halfDeg, latDeg + halfDeg],
      [lonDeg - halfDeg, latDeg + halfDeg],
      [lonDeg - halfDeg, latDeg - halfDeg],
    ],
  ]);
