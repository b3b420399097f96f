import type { AircraftState, Demand } from './aircraft-state.ts';
import type { AircraftLimits } from './limits.ts';
import type { LocalPoint } from './local-frame.ts';

/** Wanted velocity and heading; the airframe follows as far as its limits let it. */
export interface VelocityDemand {
  readonly eastMps: number;
  readonly northMps: number;
  readonly upMps: number;
  readonly yawRad: number | null;
  /** Horizontal acceleration that may be used; null: the limit of the airframe. */
  readonly accelerationMps2?: number;
}

/** What a lean of 30° gives (ANGLE_MAX): 9.81 · tan 30° is 5.7 m/s². */
const FOLLOW_ACCELERATION_MPS2 = 5.5;
/** Error of place to speed, per second (PSC_POSXY_P). */
const FOLLOW_GAIN = 1;

/** Braking is planned with less than the limit, so that a head start of one step or a gust does not overshoot. */
const PLANNED_BRAKING = 0.75;
/** Sideways error is taken out within about this many seconds. */
const CROSS_TRACK_TIME_S = 1.2;
const CROSS_TRACK_MAX_MPS = 3;
/** Within this time the airframe answers a wanted change of velocity. */
const RESPONSE_S = 0.8;
/** Off the line or off the height by more than this near the end of a leg: slow down, so that the point is met. */
const MISS_TOLERANCE_M = 0.9;
/** Overshoot beyond a corner that its passing speed is chosen for. */
const CORNER_OVERSHOOT_M = 1;

export function velocityFor(
  demand: Exclude<Demand, { kind: 'off' | 'idle' | 'drift' }>,
  state: AircraftState,
  limits: AircraftLimits,
): VelocityDemand {
  switch (demand.kind) {
    case 'climb':
      return {
        ...towardsPoint(state, demand.to, 2, limits),
        upMps: verticalSpeed(demand.to.upM - state.upM, demand.climbMps, limits.descentMps, limits),
        yawRad: null,
      };
    case 'hold':
      return {
        ...towardsPoint(state, demand.at, demand.speedMps, limits),
        upMps: verticalSpeed(demand.at.upM - state.upM, limits.climbMps, limits.descentMps, limits),
        yawRad: demand.yawRad,
      };
    case 'descend':
      return {
        ...towardsPoint(state, demand.at, 2, limits),
        upMps: -(state.upM > limits.landSlowBelowM ? landingApproachMps(state.upM, limits) : limits.landMps),
        yawRad: null,
      };
    case 'track':
      return alongLeg(demand, state, limits);
    case 'follow':
      return follow(demand, state, limits);
  }
}

function follow(
  demand: Extract<Demand, { kind: 'follow' }>,
  state: AircraftState,
  limits: AircraftLimits,
): VelocityDemand {
  const { at, yawRad } = demand;
  const accelerationMps2 = FOLLOW_ACCELERATION_MPS2;
  if (at === null) {
    const { eastMps, northMps, upMps } = demand;
    return { eastMps, northMps, upMps, yawRad };
  }
  const eastM = at.eastM - state.eastM;
  const northM = at.northM - state.northM;
  const errorM = Math.hypot(eastM, northM);
  // Near: in proportion; far (it was flying when the point stood still): as fast as can still be braked.
  const gain =
    errorM < 1e-6
      ? 0
      : Math.min(FOLLOW_GAIN, limits.maxSpeedMps / errorM, brakingSpeedMps(errorM, 0, limits) / errorM);
  const errorUpM = at.upM - state.upM;
  const upGainMps = verticalSpeed(errorUpM, limits.climbMps, limits.descentMps, limits);
  return {
    eastMps: demand.eastMps + eastM * gain,
    northMps: demand.northMps + northM * gain,
    upMps: Math.min(limits.climbMps, Math.max(-limits.descentMps, demand.upMps + upGainMps)),
    yawRad,
    accelerationMps2,
  };
}

/** Speed at which a corner of `turnRad` (0 straight on, π back) can be passed with the planned overshoot. */
export function cornerSpeedMps(turnRad: number, limits: AircraftLimits): number {
  const sideways = Math.abs(turnRad) >= Math.PI / 2 ? 1 : Math.sin(Math.abs(turnRad));
  const speed = Math.sqrt(2 * limits.accelerationMps2 * CORNER_OVERSHOOT_M) / Math.max(sideways, 1e-3);
  return Math.min(limits.maxSpeedMps, speed);
}

/** Fastest speed from which `endSpeedMps` can be reached within `distanceM`. */
export function brakingSpeedMps(distanceM: number, endSpeedMps: number, limits: AircraftLimits): number {
  const braking = limits.accelerationMps2 * PLANNED_BRAKING;
  return Math.sqrt(endSpeedMps ** 2 + 2 * braking * Math.max(0, distanceM));
}

/** Where the aircraft comes to rest when it brakes now, on the height that it then has. */
export function stoppingPoint(state: AircraftState, limits: AircraftLimits): LocalPoint {
  const speed = Math.hypot(state.velEastMps, state.velNorthMps);
  const reachS = speed / (2 * limits.accelerationMps2 * PLANNED_BRAKING);
  const vertical = (state.velUpMps * Math.abs(state.velUpMps)) / (2 * limits.verticalAccelerationMps2);
  return {
    eastM: state.eastM + state.velEastMps * reachS,
    northM: state.northM + state.velNorthMps * reachS,
    upM: Math.max(0, state.upM + vertical),
  };
}

function alongLeg(
  demand: Extract<Demand, { kind: 'track' }>,
  state: AircraftState,
  limits: AircraftLimits,
): VelocityDemand {
  const { from, to } = demand;
  const legEastM = to.eastM - from.eastM;
  const legNorthM = to.northM - from.northM;
  const legM = Math.hypot(legEastM, legNorthM);
  const legUpM = to.upM - from.upM;
  const maxSpeedMps = Math.min(demand.speedMps, limits.maxSpeedMps);
  if (legM < 0.5) {
    return {
      ...towardsPoint(state, to, maxSpeedMps, limits),
      upMps: verticalSpeed(to.upM - state.upM, limits.climbMps, limits.descentMps, limits),
      yawRad: null,
    };
  }
  const unitEast = legEastM / legM;
  const unitNorth = legNorthM / legM;
  const doneM = (state.eastM - from.eastM) * unitEast + (state.northM - from.northM) * unitNorth;
  const leftM = legM - doneM;
  const offEastM = state.eastM - from.eastM - doneM * unitEast;
  const offNorthM = state.northM - from.northM - doneM * unitNorth;
  const offM = Math.hypot(offEastM, offNorthM);
  // Height follows the leg like the real one: it changes evenly along the way, and the way is flown no faster
  // than the height can change.
  const share = Math.min(1, Math.max(0, doneM / legM));
  const wantedUpM = from.upM + legUpM * share;
  const heightErrorM = wantedUpM - state.upM;
  const verticalLimit = legUpM > 0 ? limits.climbMps : limits.descentMps;
  const slopeSpeedMps =
    Math.abs(legUpM) < 0.01 ? maxSpeedMps : (verticalLimit * 0.95 * legM) / Math.abs(legUpM);
  const yawRad = Math.atan2(unitEast, unitNorth);
  const misses = offM > MISS_TOLERANCE_M || Math.abs(heightErrorM) > MISS_TOLERANCE_M;
  const exitMps = misses ? 0 : demand.exitSpeedMps;
  if (leftM < 0 || (leftM < 3 && exitMps < 0.5)) {
    const back = towardsPoint(state, to, maxSpeedMps, limits);
    const upMps = verticalSpeed(to.upM - state.upM, limits.climbMps, limits.descentMps, limits);
    return { ...back, upMps, yawRad };
  }
  const sideMps = Math.min(CROSS_TRACK_MAX_MPS, offM / CROSS_TRACK_TIME_S);
  const sideEast = offM > 1e-6 ? (-offEastM / offM) * sideMps : 0;
  const sideNorth = offM > 1e-6 ? (-offNorthM / offM) * sideMps : 0;
  // Negative while still flying away from the leg's direction, behind a sharp corner.
  const flownMps = state.velEastMps * unitEast + state.velNorthMps * unitNorth;
  // Getting onto the line comes before getting faster: what the sideways correction needs of the acceleration is
  // not there for speeding up. Otherwise every corner would end in a wide arc.
  const sideErrorMps = Math.hypot(
    sideEast - (state.velEastMps - flownMps * unitEast),
    sideNorth - (state.velNorthMps - flownMps * unitNorth),
  );
  const sideShare = Math.min(1, sideErrorMps / (limits.accelerationMps2 * RESPONSE_S));
  const speedUpMps = limits.accelerationMps2 * RESPONSE_S * Math.sqrt(1 - sideShare ** 2);
  const alongMps = Math.min(
    maxSpeedMps,
    slopeSpeedMps,
    brakingSpeedMps(leftM, exitMps, limits),
    Math.max(0, flownMps) + speedUpMps,
  );
  // Feed forward what the slope needs at the speed really flown, else the height lags behind on every sloping leg.
  const slopeMps = share > 0 && share < 1 ? (Math.max(0, flownMps) * legUpM) / legM : 0;
  const correctMps = verticalSpeed(heightErrorM, limits.climbMps, limits.descentMps, limits);
  return {
    eastMps: unitEast * alongMps + sideEast,
    northMps: unitNorth * alongMps + sideNorth,
    upMps: Math.min(limits.climbMps, Math.max(-limits.descentMps, slopeMps + correctMps)),
    yawRad,
  };
}

/** Square-root controller: as fast as allowed, braking in time, gentle in the last metre. */
function towardsPoint(
  state: AircraftState,
  to: LocalPoint,
  maxSpeedMps: number,
  limits: AircraftLimits,
): { readonly eastMps: number; readonly northMps: number } {
  const eastM = to.eastM - state.eastM;
  const northM = to.northM - state.northM;
  const leftM = Math.hypot(eastM, northM);
  if (leftM < 1e-6) return { eastMps: 0, northMps: 0 };
  const speed = Math.min(maxSpeedMps, limits.maxSpeedMps, brakingSpeedMps(leftM, 0, limits), leftM * 1.5);
  return { eastMps: (eastM / leftM) * speed, northMps: (northM / leftM) * speed };
}

function verticalSpeed(errorM: number, upMaxMps: number, downMaxMps: number, limits: AircraftLimits): number {
  const braking = limits.verticalAccelerationMps2 * PLANNED_BRAKING;
  const speed = Math.min(Math.sqrt(2 * braking * Math.abs(errorM)), Math.abs(errorM) * 1.5);
  return errorM >= 0 ? Math.min(upMaxMps, speed) : -Math.min(downMaxMps, speed);
}

/** Descent slows early enough to have landing speed where the slow part begins. */
function landingApproachMps(upM: number, limits: AircraftLimits): number {
  const braking = limits.verticalAccelerationMps2 * PLANNED_BRAKING;
  const speed = Math.sqrt(limits.landMps ** 2 + 2 * braking * (upM - limits.landSlowBelowM));
  return Math.min(limits.descentMps, speed);
}
