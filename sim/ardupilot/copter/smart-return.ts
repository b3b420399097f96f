import type { AircraftState, Demand } from '../../aircraft/aircraft-state.ts';
import { distanceM, type LocalPoint } from '../../aircraft/local-frame.ts';
import { type Onward, WaypointTrack } from '../waypoint-track.ts';
import { landProgram, type Program, type ProgramHost } from './program.ts';

/**
 * The way that was flown, thinned out so that it stays within SRTL_ACCURACY of it; SMART_RTL flies it back. Points at
 * which the way was left and met again are cut off (AP_SmartRTL's loops), simply by their distance.
 */
export class Breadcrumbs {
  #points: LocalPoint[] = [];

  get hasPath(): boolean {
    return this.#points.length > 0;
  }

  /** Armed here: from here on. */
  start(at: LocalPoint): void {
    this.#points = [{ eastM: at.eastM, northM: at.northM, upM: at.upM }];
  }

  /** The position was lost: a way with a hole is none. */
  discard(): void {
    this.#points = [];
  }

  /** Called often; stores a point where the way bends or gets long. `most` is SRTL_POINTS. */
  record(at: LocalPoint, accuracyM: number, most: number): 'ok' | 'full' {
    const last = this.#points.at(-1);
    if (last === undefined) return 'ok';
    if (distanceM(last, at) < accuracyM) return 'ok';
    const met = this.#points.findIndex(
      (point, index) => index < this.#points.length - 2 && distanceM(point, at) < accuracyM,
    );
    if (met >= 0) {
      this.#points.length = met + 1;
      return 'ok';
    }
    const before = this.#points.at(-2);
    const point = { eastM: at.eastM, northM: at.northM, upM: at.upM };
    // Still on the line from the point before: the last one is not needed.
    if (before !== undefined && offLineM(last, before, at) < accuracyM / 2)
      this.#points[this.#points.length - 1] = point;
    else this.#points.push(point);
    return this.#points.length > most ? 'full' : 'ok';
  }

  pop(): LocalPoint | null {
    return this.#points.pop() ?? null;
  }

  peek(): LocalPoint | null {
    return this.#points.at(-1) ?? null;
  }
}

/** 2 m above the last point the way ends, and it lands. */
const ABOVE_END_M = 2;

export function smartReturnProgram(host: ProgramHost, seen: AircraftState, path: Breadcrumbs): Program {
  const track = new WaypointTrack(seen, host.settings().track);
  host.yaw.toDefault(host.settings().yawBehaviour, true);
  let phase: 'follow' | 'last' | 'land' = 'follow';
  let landing: Program | null = null;

  const raised = (point: LocalPoint) => ({ ...point, upM: point.upM + ABOVE_END_M });
  const next = (now: AircraftState): void => {
    const settings = host.settings();
    if (phase === 'last') {
      phase = 'land';
      host.yaw.hold();
      landing = landProgram(host, now, { at: track.destination, groundUpM: host.home().upM, pauseS: 0 });
      return;
    }
    const point = path.pop();
    const behind = path.peek();
    if (point === null || behind === null) {
      phase = 'last';
      if (point !== null) track.setStraight(raised(point), { kind: 'stop' }, now, settings.track);
      return;
    }
    const onward: Onward = { kind: 'straight', to: behind };
    track.setStraight(point, onward, now, settings.track);
  };

  return {
    kind: 'smart-return',
    isTakingOff: false,
    get isLanding() {
      return phase === 'land';
    },
    get isDone() {
      return landing?.isDone === true;
    },
    get destination() {
      return track.destination;
    },
    step(now, dtS): Demand {
      if (landing === null && track.reached) next(now);
      if (landing !== null) return landing.step(now, dtS);
      track.advance(dtS, now, host.settings().track);
      return track.demand(host.yaw.step(now, track.courseRad(), dtS));
    },
  };
}

function offLineM(point: LocalPoint, from: LocalPoint, to: LocalPoint): number {
  const line = [to.eastM - from.eastM, to.northM - from.northM, to.upM - from.upM] as const;
  const off = [point.eastM - from.eastM, point.northM - from.northM, point.upM - from.upM] as const;
  const length = Math.hypot(...line);
  if (length < 1e-6) return Math.hypot(...off);
  const along = (line[0] * off[0] + line[1] * off[1] + line[2] * off[2]) / length;
  return Math.sqrt(Math.max(0, off[0] ** 2 + off[1] ** 2 + off[2] ** 2 - along ** 2));
}
