import type { AircraftState, Demand } from '../../aircraft/aircraft-state.ts';
import { stoppingPoint } from '../../aircraft/guidance.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';
import { WaypointTrack } from '../waypoint-track.ts';
import type { AutoYaw } from './auto-yaw.ts';
import type { CopterSettings } from './copter-settings.ts';

/** What a program needs of the flight controller. */
export interface ProgramHost {
  settings(): CopterSettings;
  readonly yaw: AutoYaw;
  home(): LocalPoint;
  positionOk(): boolean;
  /** Verdict of the land detector, which comes a second after the touch-down. */
  isLanded(): boolean;
}

/**
 * What the aircraft is busy with, whatever mode asked for it: one object from the beginning to the end of a take-off,
 * a return, a landing … It is asked in every step what the airframe shall do.
 */
export interface Program {
  readonly kind:
    | 'ground'
    | 'takeoff'
    | 'hold'
    | 'land'
    | 'return'
    | 'smart-return'
    | 'circle'
    | 'guided'
    | 'drift';
  readonly isDone: boolean;
  readonly isTakingOff: boolean;
  /** On the way down: another failsafe leaves it alone. */
  readonly isLanding: boolean;
  step(seen: AircraftState, dtS: number): Demand;
  /** Where it flies to now; null when to no place. */
  readonly destination: LocalPoint | null;
  /** The estimate jumped: places that were taken from it go along (AC_PosControl::handle_ekf_NE_reset). */
  shift?(eastM: number, northM: number): void;
  /** Another speed was asked for. */
  speedChanged?(): void;
}

export const GROUND: Program = {
  kind: 'ground',
  isDone: false,
  isTakingOff: false,
  isLanding: false,
  destination: null,
  step: () => ({ kind: 'idle' }),
};

const VERTICAL_JERK_MPS3 = 5;

/** Straight up; done when the height is reached. */
export function takeoffProgram(host: ProgramHost, seen: AircraftState, upM: number): Program {
  const over = { eastM: seen.eastM, northM: seen.northM, upM: seen.upM };
  const to = { ...over, upM: Math.max(upM, seen.upM) };
  // A take-off is flown by the height controller alone, with its own jerk (PSC_JERK_Z).
  const climb = () => ({ ...host.settings().track, jerkMps3: VERTICAL_JERK_MPS3 });
  const track = new WaypointTrack({ ...seen, velEastMps: 0, velNorthMps: 0, velUpMps: 0 }, climb());
  track.setStraight(to, { kind: 'stop' }, seen, climb());
  let hasLifted = !seen.onGround;
  let isDone = false;
  return {
    kind: 'takeoff',
    isTakingOff: true,
    isLanding: false,
    destination: to,
    get isDone() {
      return isDone;
    },
    step(now, dtS) {
      const { limits } = host.settings();
      // The clock of the climb starts with the motors, not with the command.
      hasLifted ||= now.spoolS >= limits.spoolUpS;
      if (hasLifted) track.advance(dtS, now, climb());
      isDone ||= track.reached;
      const demand = track.demand(null);
      // Off the ground with the first step of the climb, however low the target still is.
      return hasLifted && now.onGround && demand.kind === 'follow'
        ? { ...demand, upMps: Math.max(0.1, demand.upMps) }
        : demand;
    },
  };
}

/** Stays at a place. `yaw` null: the nose stays as it is. */
export function holdProgram(
  at: LocalPoint,
  yaw: { step: ProgramHost['yaw']['step'] } | null = null,
): Program {
  let place = at;
  return {
    kind: 'hold',
    isDone: true,
    isTakingOff: false,
    isLanding: false,
    get destination() {
      return place;
    },
    step: (seen, dtS) => ({
      kind: 'follow',
      at: place,
      eastMps: 0,
      northMps: 0,
      upMps: 0,
      yawRad: yaw?.step(seen, null, dtS) ?? null,
    }),
    shift(eastM, northM) {
      place = { ...place, eastM: place.eastM + eastM, northM: place.northM + northM };
    },
  };
}

export function holdHere(host: ProgramHost, seen: AircraftState): Program {
  return holdProgram(stoppingPoint(seen, host.settings().limits));
}

/** ALT_HOLD and STABILIZE without a hand on the stick: level at its height, where the wind takes it. */
export function driftProgram(): Program {
  return {
    kind: 'drift',
    isDone: false,
    isTakingOff: false,
    isLanding: false,
    destination: null,
    step: () => ({ kind: 'drift', climbMps: 0 }),
  };
}

export interface LandOptions {
  /** Where; null: where it comes to rest. */
  readonly at: LocalPoint | null;
  /** Height that counts as ground: an item of a mission brings its own (ModeAuto::get_alt_above_ground_cm). */
  readonly groundUpM: number;
  /** A landing by failsafe waits so long before it goes down (LAND_WITH_DELAY_MS). */
  readonly pauseS: number;
}

/**
 * Down: fast to LAND_ALT_LOW above the ground, then with LAND_SPEED. Without a position it drifts with the wind; once
 * that was so it stays so (ModeLand::do_not_use_GPS).
 */
export function landProgram(host: ProgramHost, seen: AircraftState, options: LandOptions): Program {
  let at = options.at ?? stoppingPoint(seen, host.settings().limits);
  let pauseS = options.pauseS;
  let byPosition = host.positionOk();
  return {
    kind: 'land',
    isTakingOff: false,
    isLanding: true,
    get destination() {
      return byPosition ? at : null;
    },
    get isDone() {
      return host.isLanded();
    },
    step(now, dtS) {
      byPosition &&= host.positionOk();
      pauseS -= dtS;
      const sinkMps = pauseS > 0 ? 0 : landingMps(now.upM - options.groundUpM, host.settings());
      if (now.onGround) return { kind: 'idle' };
      if (!byPosition) return { kind: 'drift', climbMps: -sinkMps };
      return {
        kind: 'follow',
        at: { eastM: at.eastM, northM: at.northM, upM: now.upM },
        eastMps: 0,
        northMps: 0,
        upMps: -sinkMps,
        yawRad: host.yaw.step(now, null, dtS),
      };
    },
    shift(eastM, northM) {
      at = { ...at, eastM: at.eastM + eastM, northM: at.northM + northM };
    },
  };
}

/** Mode::land_run_vertical_control: a square-root controller towards LAND_ALT_LOW, gain and acceleration 1. */
export function landingMps(heightM: number, settings: CopterSettings): number {
  const aboveM = heightM - settings.landSlowBelowM;
  const shapedMps = aboveM <= 1 ? aboveM : Math.sqrt(2 * (aboveM - 0.5));
  return Math.max(settings.landMps, Math.min(settings.landHighMps, shapedMps));
}
