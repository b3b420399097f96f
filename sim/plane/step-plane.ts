import type { AircraftState, Demand, Wind } from '../aircraft/aircraft-state.ts';
import { drainBattery } from '../aircraft/battery.ts';
import { COPTER_LIMITS } from '../aircraft/limits.ts';
import { stepAircraft } from '../aircraft/step-aircraft.ts';
import { drawRandom } from '../prng.ts';
import { PLANE_POWER, type PlaneLimits } from './plane-limits.ts';

/** What the flight controller asks of a fixed-wing airframe (and of the lift motors of a quadplane) in this step. */
export type PlaneDemand =
  | { readonly kind: 'off' }
  | { readonly kind: 'idle' }
  /** Take-off run along the nose, then up as steep as the engine allows. */
  | { readonly kind: 'roll'; readonly climbMps: number }
  | {
      readonly kind: 'fly';
      readonly airspeedMps: number;
      readonly climbMps: number;
      /** Bank, positive to the right. */
      readonly rollRad: number;
    }
  /** Lift motors carry it, as they carry a copter. */
  | { readonly kind: 'hover'; readonly demand: Demand };

export interface PlaneEnvironment {
  readonly demand: PlaneDemand;
  readonly limits: PlaneLimits;
  readonly wind: Wind;
}

const GRAVITY_MPS2 = 9.806_65;
/** Bank follows the demand with this time constant (ArduPlane's RLL2SRV_TCONST 0.5). */
const ROLL_TIME_S = 0.5;
/** What is left of sideways motion when the lift motors hand over to the wing. */
const SIDESLIP_TIME_S = 1;
const GUST_TIME_S = 4;
/** Below this the wheels count as standing. */
const STANDING_MPS = 0.3;

/**
 * One step of a point mass that flies coordinated turns: the nose points where the air comes from, the bank turns it
 * by g·tan(bank)/airspeed (Beard & McLain, Small Unmanned Aircraft, 2012, eq. 9.14). Pure; `dtS` at most 0.05.
 */
export function stepPlane(state: AircraftState, dtS: number, env: PlaneEnvironment): AircraftState {
  const { demand } = env;
  if (demand.kind === 'hover') {
    const moved = stepAircraft(state, dtS, { demand: demand.demand, limits: COPTER_LIMITS, wind: env.wind });
    return { ...moved, battery: drainBattery(state.battery, PLANE_POWER.hoverW, dtS) };
  }
  if (state.onGround && demand.kind !== 'roll') return rollOut(state, dtS, env);
  if (state.onGround && demand.kind === 'roll' && airspeedMps(state, env.wind) < env.limits.rotationMps) {
    return takeOffRun(state, dtS, env);
  }
  return fly(state, dtS, env);
}

/** Speed against the air along the nose. */
export function airspeedMps(state: AircraftState, wind: Wind): number {
  const east = state.velEastMps - wind.eastMps - state.gustEastMps;
  const north = state.velNorthMps - wind.northMps - state.gustNorthMps;
  return east * Math.sin(state.yawRad) + north * Math.cos(state.yawRad);
}

function takeOffRun(state: AircraftState, dtS: number, { limits }: PlaneEnvironment): AircraftState {
  const along = speedAlongNose(state) + limits.thrustMps2 * dtS;
  return onWheels(state, along, dtS, PLANE_POWER.cruiseW * 2);
}

function rollOut(state: AircraftState, dtS: number, { limits, demand }: PlaneEnvironment): AircraftState {
  const along = Math.max(0, speedAlongNose(state) - limits.brakingMps2 * dtS);
  const watts = demand.kind === 'off' ? PLANE_POWER.standbyW : PLANE_POWER.idleW;
  return onWheels(state, along < STANDING_MPS ? 0 : along, dtS, watts);
}

function onWheels(state: AircraftState, alongMps: number, dtS: number, watts: number): AircraftState {
  const velEastMps = alongMps * Math.sin(state.yawRad);
  const velNorthMps = alongMps * Math.cos(state.yawRad);
  return {
    ...state,
    timeS: state.timeS + dtS,
    eastM: state.eastM + velEastMps * dtS,
    northM: state.northM + velNorthMps * dtS,
    upM: 0,
    velEastMps,
    velNorthMps,
    velUpMps: 0,
    yawRateRadps: 0,
    rollRad: 0,
    pitchRad: 0,
    onGround: true,
    battery: drainBattery(state.battery, watts, dtS),
  };
}

function fly(state: AircraftState, dtS: number, env: PlaneEnvironment): AircraftState {
  const { limits, wind, demand } = env;
  const want = wantedOf(demand, limits);
  const gust = nextGust(state, dtS, wind.gustMps);
  const before = airspeedMps(state, wind);
  const airspeed = before + clamp((want.airspeedMps - before) / dtS, limits.thrustMps2) * dtS;
  const rollStep = clamp((want.rollRad - state.rollRad) / ROLL_TIME_S, limits.rollRateRadps) * dtS;
  const rollRad = clamp(state.rollRad + rollStep, limits.rollLimitRad);
  // A slow aircraft would spin on the spot: without airspeed the wing turns nothing.
  const yawRateRadps = airspeed > 5 ? (GRAVITY_MPS2 * Math.tan(rollRad)) / airspeed : 0;
  const yawRad = wrap(state.yawRad + yawRateRadps * dtS);
  const climb = clampBetween(want.climbMps, -limits.sinkMps, limits.climbMps);
  const velUpMps =
    state.velUpMps + clamp((climb - state.velUpMps) / dtS, limits.verticalAccelerationMps2) * dtS;
  const slip = sideslipMps(state, wind) * Math.exp(-dtS / SIDESLIP_TIME_S);
  const velEastMps = airspeed * Math.sin(yawRad) + slip * Math.cos(yawRad) + wind.eastMps + gust.eastMps;
  const velNorthMps = airspeed * Math.cos(yawRad) - slip * Math.sin(yawRad) + wind.northMps + gust.northMps;
  const upM = state.upM + velUpMps * dtS;
  const watts = Math.max(
    PLANE_POWER.idleW,
    PLANE_POWER.cruiseW * (airspeed / limits.airspeedCruiseMps) ** 2 + PLANE_POWER.perClimbMpsW * velUpMps,
  );
  const moved: AircraftState = {
    ...state,
    timeS: state.timeS + dtS,
    eastM: state.eastM + velEastMps * dtS,
    northM: state.northM + velNorthMps * dtS,
    upM,
    velEastMps,
    velNorthMps,
    velUpMps,
    yawRad,
    yawRateRadps,
    rollRad,
    pitchRad: Math.atan2(velUpMps, Math.max(5, airspeed)),
    onGround: false,
    spoolS: state.spoolS + dtS,
    battery: drainBattery(state.battery, watts, dtS),
    gustEastMps: gust.eastMps,
    gustNorthMps: gust.northMps,
    random: gust.random,
  };
  return upM <= 0 && velUpMps < 0
    ? { ...moved, upM: 0, velUpMps: 0, rollRad: 0, pitchRad: 0, onGround: true, touchdownMps: -velUpMps }
    : moved;
}

function wantedOf(
  demand: PlaneDemand,
  limits: PlaneLimits,
): { readonly airspeedMps: number; readonly climbMps: number; readonly rollRad: number } {
  if (demand.kind === 'fly') return demand;
  if (demand.kind === 'roll') {
    return { airspeedMps: limits.airspeedCruiseMps, climbMps: demand.climbMps, rollRad: 0 };
  }
  // Engine off in the air: it glides at its best speed, one metre down for eight along.
  return { airspeedMps: limits.airspeedMinMps * 1.2, climbMps: -limits.airspeedMinMps * 0.15, rollRad: 0 };
}

function speedAlongNose(state: AircraftState): number {
  return state.velEastMps * Math.sin(state.yawRad) + state.velNorthMps * Math.cos(state.yawRad);
}

function sideslipMps(state: AircraftState, wind: Wind): number {
  const east = state.velEastMps - wind.eastMps - state.gustEastMps;
  const north = state.velNorthMps - wind.northMps - state.gustNorthMps;
  return east * Math.cos(state.yawRad) - north * Math.sin(state.yawRad);
}

function nextGust(state: AircraftState, dtS: number, gustMps: number) {
  if (gustMps === 0) return { eastMps: 0, northMps: 0, random: state.random };
  const first = drawRandom(state.random);
  const second = drawRandom(first.state);
  const keep = Math.exp(-dtS / GUST_TIME_S);
  const kick = gustMps * Math.sqrt(12) * Math.sqrt(1 - keep * keep);
  return {
    eastMps: state.gustEastMps * keep + (first.value - 0.5) * kick,
    northMps: state.gustNorthMps * keep + (second.value - 0.5) * kick,
    random: second.state,
  };
}

function clamp(value: number, limit: number): number {
  return clampBetween(value, -limit, limit);
}

function clampBetween(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function wrap(angleRad: number): number {
  const full = 2 * Math.PI;
  return ((angleRad % full) + full) % full;
}
