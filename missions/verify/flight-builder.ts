import type { MissionItem } from '../mission-item.ts';
import type { Edge, EdgePhase, Spot } from './flight-track.ts';
import { HEIGHT_FRAMES } from './mission-commands.ts';
import type { FlownMission } from './mission-input.ts';
import type { Projection } from './projection.ts';

export interface Ground {
  readonly homeAmslM: number | null;
  /** Distance between samples; null: no terrain. */
  readonly spacingM: number | null;
  /** Height of the ground above home; null: not known there. */
  aboveHomeM(eastM: number, northM: number): number | null;
}

/**
 * The last metres are flown slowly: ArduPilot below LAND_ALT_LOW 10 m at LAND_SPEED 0.5 m/s, PX4 below
 * MPC_LAND_ALT2 5 m at MPC_LAND_SPEED 0.7 m/s (their defaults).
 */
const TOUCH_DOWN = { ardupilot: { belowM: 10, mps: 0.5 }, px4: { belowM: 5, mps: 0.7 } } as const;

/** ArduPilot RTL_LOIT_TIME 5 s; PX4's RTL_LAND_DELAY 0 s. */
const RETURN_WAIT_S = { ardupilot: 5, px4: 0 } as const;

/** ArduPilot RTL_ALT 15 m, PX4 RTL_RETURN_ALT 60 m. */
const RETURN_HEIGHT_M = { ardupilot: 15, px4: 60 } as const;

/** Near home the climb is less: ArduPilot RTL_CONE_SLOPE 3, PX4 RTL_CONE_ANG 45°. */
const CONE_SLOPE = { ardupilot: 3, px4: 1 } as const;

/** Corners of a circle; the true way lies outside the chords by R(1 − cos(π/n)). */
const CIRCLE_CORNERS = 24;
/** ArduCopter's CIRCLE_RATE, 20 °/s. */
const CIRCLE_RATE_RADPS = (20 * Math.PI) / 180;
/** Turns that are drawn one by one; the rest only take time. */
const MOST_TURNS_DRAWN = 20;
/** Pieces into which one leg over terrain is cut at most. */
const MOST_PIECES = 2000;

/** The way so far, and what to add to it. */
export class FlightBuilder {
  readonly edges: Edge[] = [];
  readonly ground: Ground;
  at: Spot;
  item = 0;
  speedMps: number;
  cameraPitchDeg: number | null = null;
  isRecording = false;
  isUp = false;
  private readonly mission: FlownMission;
  private readonly refuges: readonly Spot[];

  constructor(mission: FlownMission, ground: Ground, projection: Projection) {
    this.mission = mission;
    this.ground = ground;
    this.speedMps = mission.profile.cruiseSpeedMps;
    const { lonDeg, latDeg } = mission.home.position;
    this.at = { eastM: projection.eastM(lonDeg), northM: projection.northM(latDeg), upM: 0 };
    this.refuges = [this.at, ...rallySpots(mission.plan.rally, projection, ground)];
  }

  climbTo(upM: number): void {
    this.isUp = true;
    this.add('take-off', { ...this.at, upM }, { stops: true });
  }

  flyTo(to: Spot, bulgeShare: number): void {
    this.isUp = true;
    const chordM = Math.hypot(to.eastM - this.at.eastM, to.northM - this.at.northM);
    this.add('leg', to, { bulgeM: bulgeShare * chordM });
  }

  flyLevel(eastM: number, northM: number): void {
    this.add('leg', { eastM, northM, upM: this.at.upM }, { stops: true });
  }

  /** A leg that keeps over the ground: its height over the ground goes evenly from what it is to `aboveGroundM`. */
  flyOverGround(eastM: number, northM: number, aboveGroundM: number, bulgeShare: number): void {
    const from = this.at;
    const chordM = Math.hypot(eastM - from.eastM, northM - from.northM);
    const bulgeM = bulgeShare * chordM;
    const startGroundM = this.ground.aboveHomeM(from.eastM, from.northM);
    const { spacingM } = this.ground;
    if (startGroundM === null || spacingM === null) {
      const groundM = this.ground.aboveHomeM(eastM, northM) ?? 0;
      this.add('leg', { eastM, northM, upM: groundM + aboveGroundM }, { bulgeM });
      return;
    }
    const startM = from.upM - startGroundM;
    const pieces = Math.max(1, Math.min(MOST_PIECES, Math.ceil(chordM / spacingM)));
    for (let k = 1; k <= pieces; k++) {
      const t = k / pieces;
      const east = from.eastM + (eastM - from.eastM) * t;
      const north = from.northM + (northM - from.northM) * t;
      const groundM = this.ground.aboveHomeM(east, north) ?? 0;
      const upM = groundM + startM + (aboveGroundM - startM) * t;
      this.add('leg', { eastM: east, northM: north, upM }, { bulgeM });
    }
  }

  hold(seconds: number): void {
    if (!(seconds > 0)) return;
    this.stop();
    this.add(this.isUp ? 'hold' : 'wait', this.at, { stops: true, holdS: seconds });
  }

  /** Whatever was flown last ends in standing still. */
  stop(): void {
    const last = this.edges.pop();
    if (last !== undefined) this.edges.push({ ...last, stops: true });
  }

  /** One picture is taken here. */
  photo(): void {
    const wasRecording = this.isRecording;
    this.isRecording = true;
    this.add('hold', this.at, { holdS: 0, stops: false });
    this.isRecording = wasRecording;
  }

  circle(
    centre: Spot,
    radiusM: number,
    isLeftward: boolean,
    how: { readonly seconds?: number; readonly turns?: number },
  ): void {
    const wished = this.speedMps;
    const bearing = Math.atan2(this.at.northM - centre.northM, this.at.eastM - centre.eastM);
    const onCircle = (angle: number): Spot => ({
      eastM: centre.eastM + radiusM * Math.cos(angle),
      northM: centre.northM + radiusM * Math.sin(angle),
      upM: centre.upM,
    });
    this.add('leg', onCircle(bearing), {});
    if (this.mission.vehicleClass === 'copter') {
      this.speedMps = Math.min(wished, Math.max(0.1, radiusM * CIRCLE_RATE_RADPS));
    }
    const turnS = (2 * Math.PI * radiusM) / this.speedMps;
    const turns = how.turns ?? (how.seconds ?? 0) / turnS;
    const drawn = Math.min(turns, MOST_TURNS_DRAWN);
    const corners = Math.ceil(drawn * CIRCLE_CORNERS);
    const bulgeM = radiusM * (1 - Math.cos(Math.PI / CIRCLE_CORNERS));
    const sign = isLeftward ? 1 : -1;
    for (let k = 1; k <= corners; k++) {
      const angle = bearing + sign * 2 * Math.PI * Math.min(drawn, k / CIRCLE_CORNERS);
      this.add('circle', onCircle(angle), { bulgeM });
    }
    if (turns > drawn)
      this.add('hold', this.at, { holdS: (turns - drawn) * turnS, stops: true, bulgeM: 2 * radiusM });
    this.speedMps = wished;
  }

  land(): void {
    const groundM = this.ground.aboveHomeM(this.at.eastM, this.at.northM) ?? this.groundWithoutTerrain();
    const slow = TOUCH_DOWN[this.mission.autopilot];
    const slowFromM = groundM + slow.belowM;
    if (this.at.upM > slowFromM) this.add('descent', { ...this.at, upM: slowFromM }, {});
    if (this.at.upM > groundM) {
      this.add('descent', { ...this.at, upM: groundM }, { verticalMps: slow.mps, stops: true });
    }
    this.isUp = false;
  }

  /** The autopilot's return: up, straight to the nearest of home and the rally points, wait, down. */
  returnHome(): void {
    const { autopilot, vehicleClass, profile } = this.mission;
    const wished = this.speedMps;
    const to = this.nearestRefuge();
    const distanceM = Math.hypot(to.eastM - this.at.eastM, to.northM - this.at.northM);
    const setM = Math.max(to.upM, this.mission.returnHeightM ?? RETURN_HEIGHT_M[autopilot]);
    const upM = Math.max(this.at.upM, Math.min(setM, distanceM * CONE_SLOPE[autopilot]));
    if (upM > this.at.upM) {
      this.stop();
      this.add('return-climb', { ...this.at, upM }, { stops: true });
    }
    // A speed set by the mission ends with it: RTL goes at the autopilot's own.
    this.speedMps = profile.cruiseSpeedMps;
    this.add('return', { ...to, upM }, { stops: true });
    if (vehicleClass === 'plane') return;
    this.hold(RETURN_WAIT_S[autopilot]);
    this.land();
    this.speedMps = wished;
  }

  private nearestRefuge(): Spot {
    const distance = (spot: Spot): number =>
      Math.hypot(spot.eastM - this.at.eastM, spot.northM - this.at.northM);
    return this.refuges.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  }

  /** Without terrain the ground is taken to be level with home, or with the rally point's own ground: not known. */
  private groundWithoutTerrain(): number {
    return Math.min(0, this.at.upM);
  }

  private add(phase: EdgePhase, to: Spot, extra: Partial<Edge>): void {
    this.edges.push({
      item: this.item,
      phase,
      from: this.at,
      to,
      speedMps: this.speedMps,
      stops: false,
      holdS: 0,
      verticalMps: null,
      bulgeM: 0,
      cameraPitchDeg: this.cameraPitchDeg,
      isRecording: this.isRecording,
      ...extra,
    });
    this.at = to;
  }
}

/** Rally points as places; their heights count as the return height there (ArduPilot's rally altitude). */
export function rallySpots(rally: readonly MissionItem[], projection: Projection, ground: Ground): Spot[] {
  return rally
    .filter((item) => Number.isFinite(item.x) && Number.isFinite(item.y))
    .map((item) => {
      const eastM = projection.eastM(item.y / 1e7);
      const northM = projection.northM(item.x / 1e7);
      const datum = HEIGHT_FRAMES.get(item.frame) ?? 'home';
      const groundM = ground.aboveHomeM(eastM, northM) ?? 0;
      const upM =
        datum === 'home'
          ? item.z
          : datum === 'terrain'
            ? item.z + groundM
            : item.z - (ground.homeAmslM ?? item.z);
      return { eastM, northM, upM: Math.max(0, upM) };
    });
}

/** A builder that stands at a spot in the air, for the question what a return from there would take. */
export function builderAt(
  mission: FlownMission,
  ground: Ground,
  projection: Projection,
  at: Spot,
): FlightBuilder {
  const builder = new FlightBuilder(mission, ground, projection);
  builder.at = at;
  builder.isUp = true;
  return builder;
}
