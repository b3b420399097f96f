import type { VehicleFault } from '../faults/model.ts';
import type { RogueAction } from '../faults/rogue-station.ts';
import { INT32, Px4Parameters } from '../px4/px4-parameters.ts';
import type { AutopilotName } from './schema-parts.ts';

export interface Wind {
  readonly eastMps: number;
  readonly northMps: number;
}

/** What brings a fault about on a real autopilot in its own simulation, and what ends it. */
export interface RealFault {
  readonly begin: readonly RogueAction[];
  readonly end: readonly RogueAction[];
  /** Simulated seconds after which it ends by itself; null: when it is cleared. */
  readonly durationS: number | null;
}

/** MAV_CMD_BATTERY_RESET: mask of batteries, per cent that they hold from now on (GCS_Common.cpp). */
const BATTERY_RESET = 42_651;
const FIRST_BATTERY = 1;
/** SIM_GPS_USED of PX4's sensor_gps_sim: satellites; no fix below four. */
const PX4_SATELLITES = 10;

const PX4_PARAMETERS = new Px4Parameters();

/** PX4 takes a value in the parameter's own type only ("param types mismatch"), ArduPilot in any. */
export function parameterOrder(autopilot: AutopilotName, name: string, value: number): RogueAction {
  const asInt32 = autopilot === 'px4' && PX4_PARAMETERS.byName(name)?.type === INT32;
  return { kind: 'parameter', name, value, asInt32 };
}

/**
 * The switches of AP_HAL_SITL (SIM_GPS1_ENABLE of 4.6 and later, SIM_WIND_*) and of PX4's SIH, which knows neither wind
 * nor a battery that can be set (SIM_BAT_* only say how fast it empties).
 * @param wind the steady one, to which a gust is added
 * @returns null: this autopilot cannot be made to have it
 */
export function realFault(autopilot: AutopilotName, fault: VehicleFault, wind: Wind): RealFault | null {
  switch (fault.kind) {
    case 'gps-loss': {
      const { durationS } = fault;
      const [name, on]: [string, number] =
        autopilot === 'px4' ? ['SIM_GPS_USED', PX4_SATELLITES] : ['SIM_GPS1_ENABLE', 1];
      const set = (value: number) => [parameterOrder(autopilot, name, value)];
      return { begin: set(0), end: set(on), durationS };
    }
    case 'wind-gust': {
      if (autopilot === 'px4') return null;
      const eastMps = wind.eastMps + fault.eastMps;
      const northMps = wind.northMps + fault.northMps;
      const actions = (of: Wind): readonly RogueAction[] =>
        Object.entries(copterWind(of)).map(([name, value]) => parameterOrder(autopilot, name, value));
      return { begin: actions({ eastMps, northMps }), end: actions(wind), durationS: fault.durationS };
    }
    case 'battery': {
      if (autopilot === 'px4') return null;
      const params = [FIRST_BATTERY, fault.remainingPct];
      return { begin: [{ kind: 'command', command: BATTERY_RESET, params }], end: [], durationS: null };
    }
    default:
      return null;
  }
}

/** SITL's wind comes from SIM_WIND_DIR. */
function copterWind({ eastMps, northMps }: Wind): Readonly<Record<string, number>> {
  const fromDeg = (Math.atan2(-eastMps, -northMps) * 180) / Math.PI;
  return { SIM_WIND_SPD: Math.hypot(eastMps, northMps), SIM_WIND_DIR: (fromDeg + 360) % 360 };
}

/**
 * Parameters to start with, for the wind of a scenario and a battery like a patrol aircraft's. SIM_WIND_T 1: the same
 * wind at every height. SIM_BAT_*: PX4's own battery is at one half, and stays there, thirty seconds after take-off.
 * @returns null: this autopilot's simulation has no wind
 */
export function startParameters(
  autopilot: AutopilotName,
  wind: (Wind & { readonly gustMps: number }) | null,
): Readonly<Record<string, number>> | null {
  if (autopilot === 'px4') return wind === null ? { SIM_BAT_DRAIN: 1800, SIM_BAT_MIN_PCT: 1 } : null;
  return wind === null ? {} : { ...copterWind(wind), SIM_WIND_TURB: wind.gustMps, SIM_WIND_T: 1 };
}
