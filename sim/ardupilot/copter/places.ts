import type { MissionItem } from '../../../missions/mission-item.ts';
import type { LocalFrame, LocalPoint } from '../../aircraft/local-frame.ts';
import type { MissionStore } from '../mission-store.ts';
import type { ParameterTable } from '../parameters.ts';
import { returnPlace } from '../rally.ts';

export interface PlacesOptions {
  readonly frame: LocalFrame;
  readonly missions: MissionStore;
  readonly parameters: ParameterTable;
  readonly terrain: ((lonDeg: number, latDeg: number) => number | null) | null;
  homeSet(): void;
}

type Located = Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>;

/** Frames 10 and 11: height above the ground. */
const isAboveGround = (frame: number) => frame === 10 || frame === 11;
const isAboveHome = (frame: number) => frame === 3 || frame === 6;

/** Where things are for one Copter: home, items of its lists, the ground, and where a return ends. */
export class CopterPlaces {
  readonly #options: PlacesOptions;
  #home: LocalPoint | null = null;
  #isLocked = false;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  get home(): LocalPoint | null {
    return this.#home;
  }

  /** Home, or where it was switched on as long as there is none. */
  get homeOrStart(): LocalPoint {
    return this.#home ?? START;
  }

  /** Set by a ground station: arming does not move it any more. */
  get isHomeLocked(): boolean {
    return this.#isLocked;
  }

  lockHome(home: LocalPoint): void {
    this.#isLocked = true;
    this.putHome(home);
  }

  putHome({ eastM, northM, upM }: LocalPoint): void {
    this.#home = { eastM, northM, upM };
    const geo = this.#options.frame.toGeo(this.#home);
    this.#options.missions.setHome({
      frame: 0,
      command: 16,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x: Math.round(geo.latDeg * 1e7),
      y: Math.round(geo.lonDeg * 1e7),
      z: Math.fround(Math.round(geo.altitudeAmslM * 100) * Math.fround(0.01)),
    });
    this.#options.homeSet();
  }

  /** Place of an item or command; null for 0, 0, and above ground whose height is not known. */
  locate(item: Located): LocalPoint | null {
    return item.x === 0 && item.y === 0 ? null : this.#inDatum(item, this.#level(item), item.z);
  }

  /** Of a mission item: without a place at the other one's, with height 0 at its height. */
  placeOf(item: Located, fallback: LocalPoint): LocalPoint | null {
    const hasPlace = item.x !== 0 || item.y !== 0;
    const level = hasPlace ? this.#level(item) : fallback;
    if (item.z === 0) return { eastM: level.eastM, northM: level.northM, upM: fallback.upM };
    return this.#inDatum(item, level, item.z);
  }

  /** Height of the ground in the frame of the start; flat where no terrain is aboard, null where it is not known. */
  groundUpM(at: LocalPoint): number | null {
    const { terrain, frame } = this.#options;
    if (terrain === null) return 0;
    const { lonDeg, latDeg } = frame.toGeo(at);
    const amslM = terrain(lonDeg, latDeg);
    return amslM === null ? null : amslM - frame.origin.altitudeAmslM;
  }

  /** Home or a rally point. */
  returnPlace(from: LocalPoint): LocalPoint {
    const { missions, parameters } = this.#options;
    const rally = missions.list(2).flatMap((item) => this.locate(item) ?? []);
    return returnPlace(from, this.homeOrStart, rally, {
      limitKm: parameters.number('RALLY_LIMIT_KM'),
      includesHome: parameters.number('RALLY_INCL_HOME') !== 0,
    });
  }

  #level({ x, y }: Located): LocalPoint {
    return this.#options.frame.toLocal({ lonDeg: y / 1e7, latDeg: x / 1e7, altitudeAmslM: 0 });
  }

  #inDatum({ frame }: Located, { eastM, northM }: LocalPoint, z: number): LocalPoint | null {
    if (isAboveHome(frame)) return { eastM, northM, upM: this.homeOrStart.upM + z };
    if (!isAboveGround(frame)) return { eastM, northM, upM: z - this.#options.frame.origin.altitudeAmslM };
    const groundM = this.groundUpM({ eastM, northM, upM: 0 });
    return groundM === null ? null : { eastM, northM, upM: groundM + z };
  }
}

const START: LocalPoint = { eastM: 0, northM: 0, upM: 0 };
