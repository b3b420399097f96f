import { CALIBRATION_POINTS, type CalibrationPoint, TAKEOFF_HEIGHT_M } from './calibration-mission.ts';
import { type Figures, type FigureValue, rounded } from './figures.ts';
import type { FlightRecord, TrackPoint } from './track.ts';

/** The corners whose speed and overshoot are measured: right angles between 60 m legs. Index of the point. */
const RIGHT_ANGLES = [0, 1, 2, 3] as const;
const CORNER_REACH_M = 8;

/** Every figure of a flight that is compared, in the vehicle's own seconds. Pure. */
export function flightFigures(flight: FlightRecord): Figures {
  const figures: Record<string, FigureValue> = {};
  const airborne = flight.track.filter(({ bootS }) => bootS >= flight.armedS);
  const legs = legsOf(flight);
  const rise = airborne.find(({ heightM }) => heightM > 0.5);
  figures['flight.armToLiftOffS'] = rounded(rise === undefined ? null : rise.bootS - flight.armedS, 1);
  const climbed = airborne.find(({ heightM }) => heightM >= TAKEOFF_HEIGHT_M * 0.95);
  figures['flight.climbTo20mS'] = rounded(
    rise === undefined || climbed === undefined ? null : climbed.bootS - rise.bootS,
    1,
  );
  for (const { point, from, to, track } of legs) {
    figures[`leg.${point.name}.s`] = rounded(to - from, 1);
    const previous = CALIBRATION_POINTS[CALIBRATION_POINTS.indexOf(point) - 1];
    figures[`leg.${point.name}.crossTrackM`] = rounded(
      greatestCrossTrackM(track, previous ?? ORIGIN, point),
      1,
    );
    figures[`leg.${point.name}.topSpeedMps`] = rounded(Math.max(...track.map((p) => p.groundSpeedMps)), 1);
  }
  const corners = RIGHT_ANGLES.map((index) => cornerAt(airborne, index));
  figures['corner.leastSpeedMps'] = rounded(average(corners.map(({ leastSpeedMps }) => leastSpeedMps)), 1);
  figures['corner.overshootM'] = rounded(average(corners.map(({ overshootM }) => overshootM)), 1);
  figures['corner.passedAtM'] = rounded(average(corners.map(({ nearestM }) => nearestM)), 1);
  Object.assign(figures, verticalFigures(airborne, flight));
  const end = flight.disarmedS ?? airborne.at(-1)?.bootS ?? flight.armedS;
  figures['flight.totalS'] = rounded(end - flight.armedS, 1);
  figures['flight.batteryMah'] = rounded(flight.consumedMah);
  const { batteryStartPct, batteryEndPct } = flight;
  figures['flight.batteryPct'] =
    batteryStartPct === null || batteryEndPct === null ? null : batteryStartPct - batteryEndPct;
  return figures;
}

const ORIGIN: CalibrationPoint = { name: 'home', eastM: 0, northM: 0, heightM: TAKEOFF_HEIGHT_M, delayS: 0 };

interface Leg {
  readonly point: CalibrationPoint;
  readonly from: number;
  readonly to: number;
  readonly track: readonly TrackPoint[];
}

/** Between two "reached": item 0 is the take-off, item n the n-th point (ArduPilot counts its home slot before). */
function legsOf(flight: FlightRecord): readonly Leg[] {
  const offset = takeoffItem(flight);
  return CALIBRATION_POINTS.flatMap((point, index) => {
    const from = reachedS(flight, index + offset);
    const to = reachedS(flight, index + offset + 1);
    if (from === undefined || to === undefined) return [];
    return [{ point, from, to, track: flight.track.filter(({ bootS }) => bootS >= from && bootS <= to) }];
  });
}

/** Off the straight line through both ends, sideways; the corner's own rounding included. */
export function greatestCrossTrackM(
  track: readonly TrackPoint[],
  from: Pick<CalibrationPoint, 'eastM' | 'northM'>,
  to: Pick<CalibrationPoint, 'eastM' | 'northM'>,
): number | null {
  const eastM = to.eastM - from.eastM;
  const northM = to.northM - from.northM;
  const lengthM = Math.hypot(eastM, northM);
  if (track.length === 0) return null;
  const offM = track.map((point) => {
    const dE = point.eastM - from.eastM;
    const dN = point.northM - from.northM;
    return lengthM < 1 ? Math.hypot(dE, dN) : Math.abs(dE * northM - dN * eastM) / lengthM;
  });
  return Math.max(...offM);
}

/** When the item was reached, or the first after it: PX4 reports the item after one at which it had to stay. */
function reachedS(flight: FlightRecord, wanted: number): number | undefined {
  return flight.reached.find(({ item }) => item >= wanted)?.bootS;
}

/** ArduPilot's take-off is item 1, PX4's item 0. */
function takeoffItem(flight: FlightRecord): number {
  return flight.reached[0]?.item === 0 ? 0 : 1;
}

interface Corner {
  readonly leastSpeedMps: number | null;
  /** Farther than the corner in the direction of the leg that ends there. */
  readonly overshootM: number | null;
  readonly nearestM: number | null;
}

function cornerAt(track: readonly TrackPoint[], index: number): Corner {
  const corner = CALIBRATION_POINTS[index];
  const before = CALIBRATION_POINTS[index - 1] ?? ORIGIN;
  if (corner === undefined) return { leastSpeedMps: null, overshootM: null, nearestM: null };
  const distance = (p: TrackPoint): number => Math.hypot(p.eastM - corner.eastM, p.northM - corner.northM);
  // At the corner's own height: the way home passes above.
  const near = track.filter(
    (p) => distance(p) < CORNER_REACH_M && Math.abs(p.heightM - corner.heightM) < CORNER_REACH_M,
  );
  if (near.length === 0) return { leastSpeedMps: null, overshootM: null, nearestM: null };
  const lengthM = Math.hypot(corner.eastM - before.eastM, corner.northM - before.northM);
  const ahead = (p: TrackPoint): number =>
    ((p.eastM - corner.eastM) * (corner.eastM - before.eastM) +
      (p.northM - corner.northM) * (corner.northM - before.northM)) /
    lengthM;
  return {
    leastSpeedMps: Math.min(...near.map(({ groundSpeedMps }) => groundSpeedMps)),
    overshootM: Math.max(0, ...near.map(ahead)),
    nearestM: Math.min(...near.map(distance)),
  };
}

/** Return and landing: from the last point on. Bands of height that both autopilots fly at a rate of their own. */
function verticalFigures(airborne: readonly TrackPoint[], flight: FlightRecord): Figures {
  const lastPoint = takeoffItem(flight) + CALIBRATION_POINTS.length;
  // The simulated return item counts as reached too, once it has landed.
  const lastReached = reachedS(flight, lastPoint) ?? Number.POSITIVE_INFINITY;
  const back = airborne.filter(({ bootS }) => bootS >= lastReached);
  const top = Math.max(...back.map(({ heightM }) => heightM));
  const home = back.find((p) => Math.hypot(p.eastM, p.northM) < 3);
  const down = home === undefined ? [] : back.filter(({ bootS }) => bootS >= home.bootS);
  const passes = (heightM: number): number | null =>
    down.find((p) => p.heightM < heightM && p.bootS > (home?.bootS ?? 0))?.bootS ?? null;
  const begins = passes(top - 1);
  const ground = passes(0.3);
  const rate = (fromM: number, toM: number): number | null => {
    const from = passes(fromM);
    const to = passes(toM);
    return from === null || to === null || to <= from ? null : (fromM - toM) / (to - from);
  };
  const climb = airborne.filter((p) => p.heightM > 25 && p.heightM < 45 && p.climbMps > 0.3);
  return {
    'flight.climbRateMps': rounded(average(climb.map(({ climbMps }) => climbMps)), 2),
    'return.heightM': rounded(top, 1),
    'return.flightS': rounded(home === undefined ? null : home.bootS - lastReached, 1),
    'return.topSpeedMps': rounded(Math.max(...back.map(({ groundSpeedMps }) => groundSpeedMps)), 1),
    'return.waitsOverHomeS': rounded(home === undefined || begins === null ? null : begins - home.bootS, 1),
    'land.rate40to20Mps': rounded(rate(40, 20), 2),
    'land.rate18to12Mps': rounded(rate(18, 12), 2),
    'land.rate9to5Mps': rounded(rate(9, 5), 2),
    'land.rate3to1Mps': rounded(rate(3, 1), 2),
    'land.groundToDisarmS': rounded(
      ground === null || flight.disarmedS === null ? null : flight.disarmedS - ground,
      1,
    ),
    'land.awayFromHomeM': rounded(airborne.at(-1) === undefined ? null : endDistanceM(airborne), 1),
  };
}

function endDistanceM(track: readonly TrackPoint[]): number {
  const end = track.at(-1);
  return end === undefined ? Number.NaN : Math.hypot(end.eastM, end.northM);
}

function average(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
