import type { AircraftState, Demand } from '../../aircraft/aircraft-state.ts';
import { stoppingPoint } from '../../aircraft/guidance.ts';
import { horizontalDistanceM, type LocalPoint } from '../../aircraft/local-frame.ts';
import { WaypointTrack } from '../waypoint-track.ts';
import { turn } from './auto-yaw.ts';
import type { CopterSettings } from './copter-settings.ts';
import { landProgram, type Program, type ProgramHost } from './program.ts';

/** RTL_ALT_MIN of config.h. */
const LOWEST_M = 0.3;
/** A cone flatter than this is none (RTL_MIN_CONE_SLOPE). */
const FLATTEST_CONE = 0.5;
const YAW_REACHED_RAD = (2 * Math.PI) / 180;
const DESCENT_DONE_M = 0.2;

/**
 * Height above home at which the return flies (ModeRTL::compute_return_target): RTL_ALT or what it has and RTL_CLIMB_MIN
 * more, near home less by the cone, never above the fence, never lower than now.
 */
export function returnHeightM(
  input: {
    readonly nowM: number;
    readonly distanceM: number;
    /** Height of the target itself above home (a rally point has one). */
    readonly targetM: number;
    /** Highest that the fence allows; null without. */
    readonly ceilingM: number | null;
  },
  settings: CopterSettings,
): number {
  const lowestM = Math.max(LOWEST_M, input.nowM + settings.returnClimbMinM);
  let heightM = Math.max(input.targetM, 0, settings.returnHeightM, lowestM);
  if (settings.returnConeSlope >= FLATTEST_CONE)
    heightM = Math.min(heightM, Math.max(input.distanceM * settings.returnConeSlope, lowestM));
  if (input.ceilingM !== null) heightM = Math.min(heightM, input.ceilingM);
  return Math.max(heightM, input.nowM);
}

export interface ReturnTarget {
  /** Home or a rally point. */
  readonly at: LocalPoint;
  readonly ceilingM: number | null;
}

/**
 * RTL:
 *
 *   climb ──► home ──► wait (RTL_LOIT_TIME, nose as when armed) ──► land
 *                                                              └──► descend to RTL_ALT_FINAL and stay
 */
export function returnProgram(host: ProgramHost, seen: AircraftState, target: ReturnTarget): Program {
  const settings = host.settings();
  const home = host.home();
  const origin = stoppingPoint(seen, settings.limits);
  const heightM = returnHeightM(
    {
      nowM: seen.upM - home.upM,
      distanceM: horizontalDistanceM(origin, target.at),
      targetM: target.at.upM - home.upM,
      ceilingM: target.ceilingM,
    },
    settings,
  );
  const upM = home.upM + heightM;
  const over = { eastM: target.at.eastM, northM: target.at.northM, upM };
  const track = new WaypointTrack(seen, settings.returnTrack);
  track.setStraight({ ...origin, upM }, { kind: 'straight', to: over }, seen, settings.returnTrack);
  host.yaw.hold();
  let phase: 'climb' | 'home' | 'wait' | 'descend' | 'land' = 'climb';
  let waitedS = 0;
  let landing: Program | null = null;

  const advance = (now: AircraftState, dtS: number): void => {
    const current = host.settings();
    if (phase === 'climb' && track.reached) {
      phase = 'home';
      track.setStraight(over, { kind: 'stop' }, now, current.returnTrack);
      host.yaw.toDefault(current.yawBehaviour, true);
    } else if (phase === 'home' && track.reached) {
      phase = 'wait';
      if (current.yawBehaviour === 0 || current.yawBehaviour === 2) host.yaw.hold();
      else host.yaw.toArmed();
    } else if (phase === 'wait') {
      waitedS += dtS;
      const isTurned =
        host.yaw.kind !== 'armed' || Math.abs(turn(now.yawRad, host.yaw.armedRad)) <= YAW_REACHED_RAD;
      if (waitedS < current.returnWaitS || !isTurned) return;
      host.yaw.hold();
      if (current.returnFinalM <= 0) {
        phase = 'land';
        landing = landProgram(host, now, { at: over, groundUpM: home.upM, pauseS: 0 });
      } else phase = 'descend';
    }
  };

  return {
    kind: 'return',
    isTakingOff: false,
    get isLanding() {
      return phase === 'land';
    },
    get isDone() {
      return landing?.isDone === true;
    },
    get destination() {
      return phase === 'climb' ? { ...origin, upM } : over;
    },
    step(now, dtS): Demand {
      advance(now, dtS);
      if (landing !== null) return landing.step(now, dtS);
      if (phase === 'descend') {
        const finalM = home.upM + host.settings().returnFinalM;
        const at = {
          ...over,
          upM: Math.abs(now.upM - finalM) < DESCENT_DONE_M ? finalM : Math.min(now.upM, upM),
        };
        const sinkMps = now.upM > finalM + DESCENT_DONE_M ? host.settings().limits.descentMps : 0;
        const slowMps = Math.min(sinkMps, Math.max(0.2, Math.sqrt(2 * Math.max(0, now.upM - finalM))));
        return {
          kind: 'follow',
          at,
          eastMps: 0,
          northMps: 0,
          upMps: sinkMps === 0 ? 0 : -slowMps,
          yawRad: null,
        };
      }
      track.advance(dtS, now, host.settings().returnTrack);
      return track.demand(host.yaw.step(now, track.courseRad(), dtS));
    },
    speedChanged() {
      track.changeSpeed(host.settings().track);
    },
  };
}
