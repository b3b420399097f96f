import { drawRandom } from '../prng.ts';
import type { AircraftState, Demand, Environment } from './aircraft-state.ts';
import { drainBattery, powerW } from './battery.ts';
import { type VelocityDemand, velocityFor } from './guidance.ts';
import type { AircraftLimits } from './limits.ts';

const GRAVITY_MPS2 = 9.806_65;
/** Gusts change within seconds; a first-order lag with this time constant. */
const GUST_TIME_S = 4;
/** How much of a gust the position controller lets through, as acceleration per m/s of gust. */
const GUST_RESPONSE = 0.06;
/** Share of gravity that the lean against the air takes, per m/s of airspeed: 15 m/s leans about 14°. */
const DRAG_LEAN_PER_MPS = 0.0165;
const LEAN_TIME_S = 0.25;
/** Share of the difference to the wind that a level aircraft takes on in one step of 0.04 s: 4 s for two thirds. */
const DRIFT_SHARE = 0.01;
/** A wanted height below this is none: the aircraft stays on the ground. */
const STANDING_M = 0.3;

/**
 * One step of a point mass with limited acceleration. Pure: the same state, `dtS` (seconds, at most 0.05 for the
 * stated accuracy) and environment give the same next state, gusts included.
 */
export function stepAircraft(state: AircraftState, dtS: number, env: Environment): AircraftState {
  const { demand, limits } = env;
  if (demand.kind === 'off') return state.onGround ? parked(state, dtS) : falling(state, dtS, env);
  const spoolS = state.spoolS + dtS;
  const wantsUp = isUpward(demand);
  if (state.onGround && (!wantsUp || spoolS < limits.spoolUpS)) {
    const battery = drainBattery(state.battery, powerW('idle', 0, 0), dtS);
    return { ...rest(state), timeS: state.timeS + dtS, spoolS, battery };
  }
  if (demand.kind === 'idle')
    return flying(state, dtS, env, { eastMps: 0, northMps: 0, upMps: 0, yawRad: null });
  if (demand.kind === 'drift') return flying(state, dtS, env, drifting(state, demand.climbMps, env));
  return flying(state, dtS, env, velocityFor(demand, state, limits));
}

/** A demand that a standing aircraft takes off for. */
function isUpward(demand: Demand): boolean {
  switch (demand.kind) {
    case 'off':
    case 'idle':
    case 'descend':
      return false;
    case 'drift':
      return demand.climbMps > 0;
    case 'follow':
      return demand.upMps > 0 || (demand.at !== null && demand.at.upM > STANDING_M);
    default:
      return true;
  }
}

/** Level in moving air: within seconds it moves as the air does. */
function drifting(state: AircraftState, climbMps: number, { wind }: Environment): VelocityDemand {
  return {
    eastMps: state.velEastMps + (wind.eastMps - state.velEastMps) * DRIFT_SHARE,
    northMps: state.velNorthMps + (wind.northMps - state.velNorthMps) * DRIFT_SHARE,
    upMps: climbMps,
    yawRad: null,
  };
}

function flying(state: AircraftState, dtS: number, env: Environment, want: VelocityDemand): AircraftState {
  const { limits, wind } = env;
  const gust = nextGust(state, dtS, wind.gustMps);
  let accEast = (want.eastMps - state.velEastMps) / dtS;
  let accNorth = (want.northMps - state.velNorthMps) / dtS;
  const asked = Math.hypot(accEast, accNorth);
  const available = want.accelerationMps2 ?? limits.accelerationMps2;
  if (asked > available) {
    accEast *= available / asked;
    accNorth *= available / asked;
  }
  const accUp = clamp((want.upMps - state.velUpMps) / dtS, limits.verticalAccelerationMps2);
  const velEastMps = state.velEastMps + (accEast + gust.eastMps * GUST_RESPONSE) * dtS;
  const velNorthMps = state.velNorthMps + (accNorth + gust.northMps * GUST_RESPONSE) * dtS;
  const velUpMps = state.velUpMps + accUp * dtS;
  const upM = state.upM + velUpMps * dtS;
  const airEast = velEastMps - wind.eastMps - gust.eastMps;
  const airNorth = velNorthMps - wind.northMps - gust.northMps;
  const turn = turnTowards(state.yawRad, want.yawRad, limits, dtS);
  const lean = leanFor(accEast, accNorth, airEast, airNorth, turn.yawRad);
  const blend = Math.min(1, dtS / LEAN_TIME_S);
  const battery = drainBattery(state.battery, powerW('flying', Math.hypot(airEast, airNorth), velUpMps), dtS);
  const moved: AircraftState = {
    timeS: state.timeS + dtS,
    eastM: state.eastM + velEastMps * dtS,
    northM: state.northM + velNorthMps * dtS,
    upM,
    velEastMps,
    velNorthMps,
    velUpMps,
    yawRad: turn.yawRad,
    yawRateRadps: turn.rateRadps,
    rollRad: state.rollRad + (lean.rollRad - state.rollRad) * blend,
    pitchRad: state.pitchRad + (lean.pitchRad - state.pitchRad) * blend,
    onGround: false,
    spoolS: state.spoolS + dtS,
    touchdownMps: state.touchdownMps,
    battery,
    gustEastMps: gust.eastMps,
    gustNorthMps: gust.northMps,
    random: gust.random,
  };
  // Only a descent ends on the ground: a take-off starts from exactly there.
  return upM <= 0 && velUpMps < 0 ? touchDown(moved) : moved;
}

/** Motors stopped in the air (forced disarm, flight termination): ballistic, with a rough terminal velocity. */
function falling(state: AircraftState, dtS: number, env: Environment): AircraftState {
  const velUpMps = Math.max(-25, state.velUpMps - GRAVITY_MPS2 * dtS);
  const slowing = Math.max(0, 1 - 0.3 * dtS);
  const moved: AircraftState = {
    ...state,
    timeS: state.timeS + dtS,
    velUpMps,
    velEastMps: env.wind.eastMps + (state.velEastMps - env.wind.eastMps) * slowing,
    velNorthMps: env.wind.northMps + (state.velNorthMps - env.wind.northMps) * slowing,
    eastM: state.eastM + state.velEastMps * dtS,
    northM: state.northM + state.velNorthMps * dtS,
    upM: state.upM + velUpMps * dtS,
    spoolS: 0,
    battery: drainBattery(state.battery, powerW('disarmed', 0, 0), dtS),
  };
  return moved.upM <= 0 ? touchDown(moved) : moved;
}

function parked(state: AircraftState, dtS: number): AircraftState {
  const battery = drainBattery(state.battery, powerW('disarmed', 0, 0), dtS);
  return { ...rest(state), timeS: state.timeS + dtS, spoolS: 0, battery };
}

function touchDown(state: AircraftState): AircraftState {
  return { ...rest(state), touchdownMps: -state.velUpMps };
}

function rest(state: AircraftState): AircraftState {
  return {
    ...state,
    upM: 0,
    velEastMps: 0,
    velNorthMps: 0,
    velUpMps: 0,
    yawRateRadps: 0,
    rollRad: 0,
    pitchRad: 0,
    onGround: true,
  };
}

function nextGust(
  state: AircraftState,
  dtS: number,
  gustMps: number,
): { readonly eastMps: number; readonly northMps: number; readonly random: number } {
  if (gustMps === 0) return { eastMps: 0, northMps: 0, random: state.random };
  const first = drawRandom(state.random);
  const second = drawRandom(first.state);
  const keep = Math.exp(-dtS / GUST_TIME_S);
  // Uniform noise scaled so that the lagged process has the asked-for standard deviation.
  const kick = gustMps * Math.sqrt(12) * Math.sqrt(1 - keep * keep);
  return {
    eastMps: state.gustEastMps * keep + (first.value - 0.5) * kick,
    northMps: state.gustNorthMps * keep + (second.value - 0.5) * kick,
    random: second.state,
  };
}

/** Attitude that the acceleration and the air demand; only shown, the point mass does not need it. */
function leanFor(
  accEast: number,
  accNorth: number,
  airEast: number,
  airNorth: number,
  yawRad: number,
): { readonly rollRad: number; readonly pitchRad: number } {
  const east = accEast / GRAVITY_MPS2 + airEast * DRAG_LEAN_PER_MPS;
  const north = accNorth / GRAVITY_MPS2 + airNorth * DRAG_LEAN_PER_MPS;
  const ahead = east * Math.sin(yawRad) + north * Math.cos(yawRad);
  const right = east * Math.cos(yawRad) - north * Math.sin(yawRad);
  return { rollRad: Math.atan(right), pitchRad: -Math.atan(ahead) };
}

function turnTowards(
  yawRad: number,
  wantRad: number | null,
  limits: AircraftLimits,
  dtS: number,
): { readonly yawRad: number; readonly rateRadps: number } {
  if (wantRad === null) return { yawRad, rateRadps: 0 };
  const full = 2 * Math.PI;
  const error = ((((wantRad - yawRad + Math.PI) % full) + full) % full) - Math.PI;
  const rateRadps = clamp(error * 2, limits.yawRateRadps);
  const turned = yawRad + rateRadps * dtS;
  return { yawRad: ((turned % full) + full) % full, rateRadps };
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
