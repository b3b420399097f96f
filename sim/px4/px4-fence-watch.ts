import type { MissionItem } from '../../missions/mission-item.ts';
import type { LocalFrame, LocalPoint } from '../aircraft/local-frame.ts';
import { LEVEL } from './px4-events.ts';
import { type FenceArea, fenceAreas, isInside, isWithinBound } from './px4-geofence.ts';
import type { Px4Parameters } from './px4-parameters.ts';
import type { Say } from './px4-say.ts';

export interface FenceHost {
  readonly frame: LocalFrame;
  readonly parameters: Px4Parameters;
  readonly say: Say;
  home(): LocalPoint | null;
  /** Where it believes to be. */
  at(): LocalPoint;
  isFlying(): boolean;
}

const CRITICAL = 2;
/** PX4 looks five times a second. */
const LOOK_EVERY_S = 0.2;

/** The fence in use, GF_MAX_HOR_DIST and GF_MAX_VER_DIST, and whether the aircraft has left them. */
export class Px4FenceWatch {
  readonly #host: FenceHost;
  #areas: readonly FenceArea[] = [];
  #isBreached = false;
  #lookInS = 0;

  constructor(host: FenceHost) {
    this.#host = host;
  }

  get isBreached(): boolean {
    return this.#isBreached;
  }

  /** Whether fence and GF_MAX_* let the aircraft be there. */
  isAllowed(point: LocalPoint): boolean {
    const { parameters } = this.#host;
    const bound = {
      home: this.#host.home(),
      maxDistanceM: parameters.number('GF_MAX_HOR_DIST'),
      maxHeightM: parameters.number('GF_MAX_VER_DIST'),
    };
    return isInside(this.#areas, point) && isWithinBound(bound, point);
  }

  /** An area that home or the flying aircraft would be outside of is not used, and that is said. */
  setItems(items: readonly MissionItem[]): void {
    this.#areas = fenceAreas(items, this.#host.frame).filter((area) => this.#isUsable(area));
    this.#isBreached = false;
  }

  step(dtS: number): void {
    this.#lookInS -= dtS;
    if (this.#lookInS > 0) return;
    this.#lookInS = LOOK_EVERY_S;
    this.#isBreached = this.#host.isFlying() && !this.isAllowed(this.#host.at());
  }

  #isUsable(area: FenceArea): boolean {
    const { say, parameters } = this.#host;
    const home = this.#host.home();
    if (home !== null && !isInside([area], home)) {
      const event = 'navigator_geofence_invalid_against_home';
      say(CRITICAL, "Geofence invalid, doesn't contain Home position", event, LEVEL.CRITICAL_WARNING);
      return false;
    }
    const counts = this.#host.isFlying() && parameters.number('GF_ACTION') !== 0;
    if (counts && !isInside([area], this.#host.at())) {
      const event = 'navigator_geofence_invalid_against_cur_pos';
      const text = "Geofence invalid, doesn't contain current vehicle position";
      say(CRITICAL, text, event, LEVEL.CRITICAL_WARNING);
      return false;
    }
    return true;
  }
}
