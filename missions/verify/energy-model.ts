import type { AircraftProfile } from '../model.ts';
import type { AirVector, Motion, Timed } from './fly-times.ts';
import type { VehicleClass } from './mission-commands.ts';

/**
 * Shares of the hover power: what makes lift falls with speed (Glauert), the rest of a rotor's drag stays. Small
 * rotors spend 50–65 % on lift; 0.55 is between. Air through the rotors in hover: 4–6 m/s, aircraft of 2–6 kg.
 */
const LIFT_SHARE = 0.55;
const HOVER_INFLOW_MPS = 4.5;
/** Least share of the cruise power that is drag of the body and grows with the cube of the air speed. */
const LEAST_DRAG_SHARE = 0.1;

/**
 * Electrical power over air speed in level flight, W. Momentum theory of a rotor in forward flight (Glauert; see
 * J. G. Leishman, Principles of Helicopter Aerodynamics, 2nd ed., §2.14): the inflow ν, in units of that in hover,
 * solves ν²(μ² + ν²) = 1; drag grows with v³. The two figures of the profile fix the rest: P(0) is its hover power,
 * P(cruise speed) its cruise power. Not the code of the planner, which estimates with curves of its own.
 */
export function powerAt(
  profile: AircraftProfile,
  vehicleClass: VehicleClass,
): (airspeedMps: number) => number {
  const { hoverPowerW, cruisePowerW, cruiseSpeedMps } = profile;
  if (vehicleClass === 'plane') {
    // A wing at its cruise speed; faster costs with the cube.
    return (v) => cruisePowerW * Math.max(1, (v / cruiseSpeedMps) ** 3);
  }
  const liftAtCruise = inflow(cruiseSpeedMps / HOVER_INFLOW_MPS);
  let share = LIFT_SHARE;
  let dragW = cruisePowerW - hoverPowerW * (1 - share * (1 - liftAtCruise));
  if (dragW < LEAST_DRAG_SHARE * cruisePowerW) {
    dragW = LEAST_DRAG_SHARE * cruisePowerW;
    share = (hoverPowerW + dragW - cruisePowerW) / (hoverPowerW * (1 - liftAtCruise));
  }
  const leastW = Math.min(hoverPowerW, cruisePowerW) / 2;
  return (v) =>
    Math.max(
      leastW,
      hoverPowerW * (1 - share * (1 - inflow(v / HOVER_INFLOW_MPS))) + dragW * (v / cruiseSpeedMps) ** 3,
    );
}

/** The inflow by halving: ν²(μ² + ν²) grows with ν from 0 to at least 1 on [0, 1]. */
function inflow(mu: number): number {
  let low = 0;
  let high = 1;
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (middle * middle * (mu * mu + middle * middle) < 1) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface EnergyLog {
  /** Energy spent up to the end of each edge, Wh. */
  readonly spentWh: readonly number[];
  readonly totalWh: number;
}

/** Adds up the power of every motion: air speed from ground speed and wind, climbs at the profile's climb power. */
export function energyOf(
  timed: Timed,
  profile: AircraftProfile,
  air: AirVector,
  power: (airspeedMps: number) => number,
): EnergyLog {
  const spentWh = new Array<number>(timed.edges.length).fill(0);
  let totalWh = 0;
  let edge = 0;
  for (const motion of timed.motions) {
    while (edge < motion.edge) spentWh[edge++] = totalWh;
    // On the ground the rotors take next to nothing.
    if (timed.edges[motion.edge]?.phase === 'wait') continue;
    totalWh += motionWh(motion, profile, air, power);
  }
  while (edge < timed.edges.length) spentWh[edge++] = totalWh;
  return { spentWh, totalWh };
}

function motionWh(
  { from, to, t0S, t1S }: Motion,
  profile: AircraftProfile,
  air: AirVector,
  power: (airspeedMps: number) => number,
): number {
  const seconds = t1S - t0S;
  if (!(seconds > 0)) return 0;
  const eastMps = (to.eastM - from.eastM) / seconds - air.eastMps;
  const northMps = (to.northM - from.northM) / seconds - air.northMps;
  const climbMps = Math.max(0, (to.upM - from.upM) / seconds);
  const extraW = Math.max(0, profile.climbPowerW - profile.hoverPowerW) * (climbMps / profile.climbSpeedMps);
  return (seconds * (power(Math.hypot(eastMps, northMps)) + extraW)) / 3600;
}
