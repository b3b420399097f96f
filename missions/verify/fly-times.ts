import type { AircraftProfile, Wind } from '../model.ts';
import { type Edge, type Spot, wayM } from './flight-track.ts';
import type { VehicleClass } from './mission-commands.ts';

/**
 * Acceleration along the way and in corners: ArduPilot's WPNAV_ACCEL default is 2.5 m/s², PX4's MPC_ACC_HOR 3.
 */
const ACCELERATION_MPS2 = 2.5;
/** Bank of a wing in a turn, degrees: radius v²/(g·tan 35°). */
const BANK_DEG = 35;
const GRAVITY_MPS2 = 9.81;
/** Slower over the ground than this counts as not getting there. */
const LEAST_PROGRESS_MPS = 1;

export interface AirVector {
  readonly eastMps: number;
  readonly northMps: number;
}

/** Where the air goes; meteorologists say where it comes from. */
export function airVector(wind: Wind | null): AirVector {
  if (wind === null) return { eastMps: 0, northMps: 0 };
  const rad = (wind.fromDeg * Math.PI) / 180;
  return { eastMps: -wind.speedMps * Math.sin(rad), northMps: -wind.speedMps * Math.cos(rad) };
}

/** A piece of an edge that is flown evenly. */
export interface Motion {
  readonly from: Spot;
  readonly to: Spot;
  readonly t0S: number;
  readonly t1S: number;
  /** Index of the edge. */
  readonly edge: number;
}

export interface Timed {
  readonly edges: readonly Edge[];
  /** Seconds after arming at which each edge begins, and, last, at which the flight ends. */
  readonly timesS: readonly number[];
  readonly motions: readonly Motion[];
  /** Speed over the ground that each edge is flown with at most. */
  readonly groundSpeedsMps: readonly number[];
  /** Edges on which the wind allows no progress. */
  readonly stuck: readonly number[];
  /**
   * Sharpest demand of a corner: what turning or slowing down takes, over what the legs leave for it. Above 1 the
   * wished speed is never reached (multicopter) or the corner is cut (wing).
   */
  readonly corner: { readonly ratio: number; readonly edge: number };
}

export interface FlightLimits {
  readonly profile: AircraftProfile;
  readonly vehicleClass: VehicleClass;
  readonly air: AirVector;
  readonly maxAirspeedMps: number;
}

/**
 * Puts times on the way: even acceleration along each edge, corners taken at v·cos(turn/2) (the part of the speed
 * that both legs share), full stops where the mission asks for them, and climbs and descents no faster than the
 * profile's.
 */
export function timeFlight(edges: readonly Edge[], limits: FlightLimits): Timed {
  const ways = edges.map(wayM);
  const { speeds, stuck } = groundSpeeds(edges, ways, limits);
  const corners = cornerSpeeds(edges, ways, speeds, limits.vehicleClass);
  const timesS: number[] = [];
  const motions: Motion[] = [];
  let clockS = 0;
  edges.forEach((edge, i) => {
    timesS.push(clockS);
    const wayM = ways[i] as number;
    const pieces =
      limits.vehicleClass === 'plane'
        ? [{ share: 1, timeS: wayM / (speeds[i] as number) }]
        : trapezoid(wayM, corners[i] as number, corners[i + 1] as number, speeds[i] as number);
    const levelS =
      edge.phase === 'hold' || edge.phase === 'wait'
        ? edge.holdS
        : pieces.reduce((sum, piece) => sum + piece.timeS, 0);
    const upM = edge.to.upM - edge.from.upM;
    const rateMps =
      edge.verticalMps ?? (upM > 0 ? limits.profile.climbSpeedMps : limits.profile.descentSpeedMps);
    const verticalS = Math.abs(upM) / rateMps;
    if (verticalS >= levelS || pieces.length === 1) {
      const t1S = clockS + Math.max(verticalS, levelS);
      motions.push({ from: edge.from, to: edge.to, t0S: clockS, t1S, edge: i });
      clockS = t1S;
      return;
    }
    let at = 0;
    for (const piece of pieces) {
      const from = between(edge.from, edge.to, at);
      at += piece.share;
      motions.push({
        from,
        to: between(edge.from, edge.to, Math.min(1, at)),
        t0S: clockS,
        t1S: clockS + piece.timeS,
        edge: i,
      });
      clockS += piece.timeS;
    }
  });
  timesS.push(clockS);
  return {
    edges,
    timesS,
    motions,
    groundSpeedsMps: speeds,
    stuck,
    corner: sharpestCorner(edges, ways, speeds, limits.vehicleClass),
  };
}

export function between(a: Spot, b: Spot, t: number): Spot {
  return {
    eastM: a.eastM + (b.eastM - a.eastM) * t,
    northM: a.northM + (b.northM - a.northM) * t,
    upM: a.upM + (b.upM - a.upM) * t,
  };
}

/**
 * Speed over the ground on each edge. A multicopter holds the ground speed that it was told as long as its air speed
 * allows; a wing holds its air speed, and the ground speed follows from the wind triangle.
 */
function groundSpeeds(
  edges: readonly Edge[],
  ways: readonly number[],
  { vehicleClass, air, maxAirspeedMps }: FlightLimits,
): { speeds: number[]; stuck: number[] } {
  const stuck: number[] = [];
  const speeds = edges.map((edge, i) => {
    const length = ways[i] as number;
    const along =
      length === 0
        ? 0
        : (air.eastMps * (edge.to.eastM - edge.from.eastM) +
            air.northMps * (edge.to.northM - edge.from.northM)) /
          length;
    const crossSquared = Math.max(0, air.eastMps ** 2 + air.northMps ** 2 - along ** 2);
    const airspeed = vehicleClass === 'plane' ? edge.speedMps : maxAirspeedMps;
    const room = airspeed ** 2 - crossSquared;
    const fastest = room < 0 ? 0 : along + Math.sqrt(room);
    const wished = vehicleClass === 'plane' ? fastest : edge.speedMps;
    const least = Math.min(edge.speedMps, LEAST_PROGRESS_MPS);
    const speed = Math.min(wished, fastest);
    if (speed >= least) return speed;
    stuck.push(i);
    return least;
  });
  return { speeds, stuck };
}

/** Cosine of the angle between two edges in plan; null when one of them has no length. */
function turnCos(a: Edge, b: Edge, wayA: number, wayB: number): number | null {
  if (wayA === 0 || wayB === 0) return null;
  const dot =
    (a.to.eastM - a.from.eastM) * (b.to.eastM - b.from.eastM) +
    (a.to.northM - a.from.northM) * (b.to.northM - b.from.northM);
  return Math.max(-1, Math.min(1, dot / (wayA * wayB)));
}

/** Speed at the beginning of each edge and, last, at the end: limited by corners, then by what can be reached. */
function cornerSpeeds(
  edges: readonly Edge[],
  ways: readonly number[],
  speeds: readonly number[],
  vehicleClass: VehicleClass,
): number[] {
  const at: number[] = [0];
  for (let i = 1; i < edges.length; i++) {
    const before = edges[i - 1] as Edge;
    const after = edges[i] as Edge;
    const cos = turnCos(before, after, ways[i - 1] as number, ways[i] as number);
    const slower = Math.min(speeds[i - 1] as number, speeds[i] as number);
    const stands = before.stops || cos === null;
    at.push(stands ? 0 : slower * (vehicleClass === 'plane' ? 1 : Math.sqrt((1 + cos) / 2)));
  }
  at.push(0);
  for (let i = 0; i < edges.length; i++) {
    const reach = Math.sqrt((at[i] as number) ** 2 + 2 * ACCELERATION_MPS2 * (ways[i] as number));
    at[i + 1] = Math.min(at[i + 1] as number, reach);
  }
  for (let i = edges.length - 1; i >= 0; i--) {
    const reach = Math.sqrt((at[i + 1] as number) ** 2 + 2 * ACCELERATION_MPS2 * (ways[i] as number));
    at[i] = Math.min(at[i] as number, reach);
  }
  return at;
}

/** Speeding up, even flight and slowing down over a length; pieces without length are left out. */
function trapezoid(
  lengthM: number,
  entryMps: number,
  exitMps: number,
  mostMps: number,
): { share: number; timeS: number }[] {
  if (lengthM === 0) return [{ share: 1, timeS: 0 }];
  const a = ACCELERATION_MPS2;
  const entry = Math.min(entryMps, mostMps);
  const exit = Math.min(exitMps, mostMps);
  const peak = Math.min(mostMps, Math.sqrt((2 * a * lengthM + entry ** 2 + exit ** 2) / 2));
  const upM = (peak ** 2 - entry ** 2) / (2 * a);
  const downM = (peak ** 2 - exit ** 2) / (2 * a);
  const evenM = Math.max(0, lengthM - upM - downM);
  const pieces = [
    { share: upM / lengthM, timeS: (peak - entry) / a },
    { share: evenM / lengthM, timeS: peak > 0 ? evenM / peak : 0 },
    { share: downM / lengthM, timeS: (peak - exit) / a },
  ].filter((piece) => piece.share > 1e-9);
  return pieces.length === 0 ? [{ share: 1, timeS: lengthM / mostMps }] : pieces;
}

/** Straight runs of one item count as one leg: a leg over terrain is cut into many. */
function sharpestCorner(
  edges: readonly Edge[],
  ways: readonly number[],
  speeds: readonly number[],
  vehicleClass: VehicleClass,
): { ratio: number; edge: number } {
  let worst = { ratio: 0, edge: 0 };
  const runM: number[] = [];
  edges.forEach((edge, i) => {
    const isRun = i > 0 && edges[i - 1]?.item === edge.item && edge.phase === 'leg';
    runM.push((ways[i] as number) + (isRun ? (runM[i - 1] as number) : 0));
  });
  for (let i = edges.length - 2; i >= 0; i--) {
    const next = edges[i + 1] as Edge;
    if (next.item === edges[i]?.item && next.phase === 'leg') runM[i] = runM[i + 1] as number;
  }
  for (let i = 1; i < edges.length; i++) {
    const before = edges[i - 1] as Edge;
    const after = edges[i] as Edge;
    if (before.phase !== 'leg' || after.phase !== 'leg' || before.stops) continue;
    const cos = turnCos(before, after, ways[i - 1] as number, ways[i] as number);
    if (cos === null || cos > 0.9999) continue;
    const v = Math.min(speeds[i - 1] as number, speeds[i] as number);
    const shortest = Math.min(runM[i - 1] as number, runM[i] as number);
    const half = Math.acos(cos) / 2;
    const needM =
      vehicleClass === 'copter'
        ? (v ** 2 - v ** 2 * ((1 + cos) / 2)) / (2 * ACCELERATION_MPS2)
        : (v ** 2 / (GRAVITY_MPS2 * Math.tan((BANK_DEG * Math.PI) / 180))) * Math.min(50, Math.tan(half));
    const ratio = (2 * needM) / shortest;
    if (ratio > worst.ratio) worst = { ratio, edge: i };
  }
  return worst;
}
