import type { MissionItem } from '../../../missions/mission-item.ts';
import type { AircraftState, Demand } from '../../aircraft/aircraft-state.ts';
import { stoppingPoint } from '../../aircraft/guidance.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';
import { type Onward, WaypointTrack } from '../waypoint-track.ts';
import { CircleFlight } from './circle-program.ts';
import { landProgram, type Program, type ProgramHost, takeoffProgram } from './program.ts';
import { type ReturnTarget, returnProgram } from './return-program.ts';

export interface MissionFlightHost extends ProgramHost {
  seen(): AircraftState;
  /** Item that follows in the list as far as navigation goes; null: none. */
  following(seq: number): MissionItem | null;
  /**
   * Where an item is: without a place of its own at the default's, with height 0 at its height (ModeAuto::loc_from_cmd).
   * Null: above ground whose height is not known.
   */
  placeOf(item: MissionItem, fallback: LocalPoint): LocalPoint | null;
  /** Height of the ground at a place, in the frame of the start; null: not known. */
  groundUpM(at: LocalPoint): number | null;
  returnTarget(): ReturnTarget;
  /** A leg above terrain cannot be flown. */
  terrainMissing(): void;
  text(severity: number, text: string): void;
  isArmed(): boolean;
}

type Stage =
  | { readonly kind: 'program'; readonly program: Program }
  /** A leg, and at its end a wait, a landing, a circle or a change of height. */
  | {
      readonly kind: 'leg';
      readonly item: MissionItem;
      readonly waitS: number;
      readonly endsWith: 'next' | 'stay' | 'land' | 'circle' | 'height';
      sinceS: number | null;
    }
  | { readonly kind: 'circle'; readonly circle: CircleFlight; readonly turns: number; said: number }
  | { readonly kind: 'height'; readonly at: LocalPoint; isThere: boolean }
  | { readonly kind: 'delay'; leftS: number }
  | { readonly kind: 'stay' };

const INFO = 6;
const TERRAIN_FRAME = 10;
const HEIGHT_REACHED_M = 0.1;

/**
 * Flies one navigation command after the other, as ModeAuto does. The target of the legs lives on from one to the next,
 * so that corners can be rounded.
 */
export class MissionFlight {
  readonly #host: MissionFlightHost;
  #track: WaypointTrack | null = null;
  /** The track's heights are above ground. */
  #aboveGround = false;
  #stage: Stage = { kind: 'stay' };
  #held: LocalPoint | null = null;

  constructor(host: MissionFlightHost) {
    this.#host = host;
  }

  /** Take-off, return or landing that is flown; null on a leg. */
  get program(): Program | null {
    return this.#stage.kind === 'program' ? this.#stage.program : null;
  }
  get destination(): LocalPoint | null {
    return this.program?.destination ?? this.#track?.destination ?? null;
  }
  get origin(): LocalPoint | null {
    return this.program === null ? (this.#track?.origin ?? null) : null;
  }
  get isPaused(): boolean {
    return this.#track?.paused === true;
  }
  /** Flying to a waypoint, nothing else: only that can be paused (ModeAuto::pause). */
  get isOnLeg(): boolean {
    return this.#stage.kind === 'leg' && this.#track?.reached === false;
  }

  /** AUTO was entered. */
  begin(): void {
    this.#track = null;
    this.#aboveGround = false;
    this.#held = null;
    this.#stage = { kind: 'stay' };
  }

  /** The last item was done in the air, or there is nothing to fly: stays. */
  stay(): void {
    this.#held = null;
    this.#stage = { kind: 'stay' };
  }

  pause(isPaused: boolean): void {
    if (this.#track !== null) this.#track.paused = isPaused;
  }

  /** @returns false for a command that no copter flies. */
  start(seq: number, item: MissionItem): boolean {
    const { yaw } = this.#host;
    this.#held = null;
    switch (item.command) {
      case 16:
      case 82:
        return this.#leg(seq, item, { waitS: item.param1, endsWith: 'next' });
      case 17:
        return this.#leg(seq, item, { waitS: 0, endsWith: 'stay' });
      case 19:
        return this.#leg(seq, item, { waitS: item.param1, endsWith: 'next' });
      case 31:
        return this.#leg(seq, item, { waitS: 0, endsWith: 'height' });
      case 94:
        return this.#leg(seq, item, { waitS: 0, endsWith: 'next' });
      case 18:
        return this.#toCircle(item);
      case 20:
        this.#track = null;
        this.#run(returnProgram(this.#host, this.#host.seen(), this.#host.returnTarget()));
        return true;
      case 21:
      case 85:
        return this.#toLanding(item);
      case 22:
      case 84: {
        const seen = this.#host.seen();
        // ArduCopter climbs where it stands, whatever position the take-off item carries; never down.
        const place = this.#host.placeOf({ ...item, x: 0, y: 0 }, seen);
        if (place === null) return this.#failTerrain();
        yaw.hold();
        this.#track = null;
        this.#run(takeoffProgram(this.#host, seen, Math.max(place.upM, this.#host.home().upM)));
        return true;
      }
      case 92:
        this.#stage = { kind: 'stay' };
        return true;
      case 93: {
        const leftS = Math.max(0, item.param1);
        this.#host.text(INFO, `Delaying ${Math.trunc(leftS)} sec`);
        this.#stage = { kind: 'delay', leftS };
        return true;
      }
      default:
        return false;
    }
  }

  /** Asked in every step; what has to be said at the end of an item is said here. */
  isDone(seq: number): boolean {
    const stage = this.#stage;
    switch (stage.kind) {
      case 'program':
        return stage.program.isDone;
      case 'leg': {
        if (stage.endsWith !== 'next' || stage.sinceS === null || stage.sinceS < stage.waitS) return false;
        this.#host.text(INFO, `Reached command #${seq}`);
        return true;
      }
      case 'circle': {
        const { turns: done } = stage.circle;
        if (Math.floor(done) !== stage.said) {
          stage.said = Math.floor(done);
          this.#host.text(INFO, `Mission: starting circle ${stage.said + 1}/${Math.trunc(stage.turns)}`);
        }
        return done >= stage.turns;
      }
      case 'height':
        return stage.isThere;
      case 'delay':
        return stage.leftS <= 0;
      case 'stay':
        return false;
    }
  }

  /** Distance to the destination of the leg, for CONDITION_DISTANCE. */
  distanceM(): number {
    const to = this.destination;
    const { eastM, northM } = this.#host.seen();
    return to === null ? 0 : Math.hypot(to.eastM - eastM, to.northM - northM);
  }

  step(seen: AircraftState, dtS: number): Demand {
    const stage = this.#stage;
    switch (stage.kind) {
      case 'program':
        return stage.program.step(seen, dtS);
      case 'leg':
        return this.#stepLeg(stage, seen, dtS);
      case 'circle':
        return stage.circle.step(dtS, this.#host.settings());
      case 'height': {
        stage.isThere = Math.abs(seen.upM - stage.at.upM) < HEIGHT_REACHED_M;
        const yawRad = this.#host.yaw.step(seen, null, dtS);
        return { kind: 'hold', at: stage.at, speedMps: 3, yawRad };
      }
      case 'delay':
        stage.leftS -= dtS;
        return this.#hold(seen, dtS);
      case 'stay':
        return this.#hold(seen, dtS);
    }
  }

  shift(eastM: number, northM: number): void {
    if (this.#held !== null)
      this.#held = { ...this.#held, eastM: this.#held.eastM + eastM, northM: this.#held.northM + northM };
    this.program?.shift?.(eastM, northM);
  }

  speedChanged(): void {
    this.#track?.changeSpeed(this.#host.settings().track);
    this.program?.speedChanged?.();
  }

  #stepLeg(stage: Extract<Stage, { kind: 'leg' }>, seen: AircraftState, dtS: number): Demand {
    const track = this.#track;
    if (track === null) return this.#hold(seen, dtS);
    const groundM = this.#aboveGround ? this.#host.groundUpM(seen) : 0;
    if (groundM === null) {
      this.#host.terrainMissing();
      return this.#hold(seen, dtS);
    }
    const at = groundM === 0 ? seen : { ...seen, upM: seen.upM - groundM };
    track.advance(dtS, at, this.#host.settings().track);
    if (track.reached) this.#arrived(stage, seen, dtS);
    const demand = track.demand(this.#host.yaw.step(seen, track.courseRad(), dtS));
    if (groundM === 0 || demand.kind !== 'follow' || demand.at === null) return demand;
    return { ...demand, at: { ...demand.at, upM: demand.at.upM + groundM } };
  }

  #arrived(stage: Extract<Stage, { kind: 'leg' }>, seen: AircraftState, dtS: number): void {
    stage.sinceS = stage.sinceS === null ? 0 : stage.sinceS + dtS;
    const { item } = stage;
    if (stage.endsWith === 'land') this.#land(item);
    else if (stage.endsWith === 'height') {
      const to = this.#track?.destination ?? seen;
      const place = this.#host.placeOf(item, to);
      this.#track = null;
      this.#stage = { kind: 'height', at: { ...to, upM: place?.upM ?? to.upM }, isThere: false };
    } else if (stage.endsWith === 'circle') {
      const place = this.#host.placeOf(item, seen);
      if (place === null) return;
      this.#track = null;
      this.#stage = { kind: 'circle', circle: this.#circleOf(item, place), turns: item.param1, said: -1 };
    }
  }

  #leg(
    seq: number,
    item: MissionItem,
    end: { readonly waitS: number; readonly endsWith: 'next' | 'stay' | 'height' },
  ): boolean {
    const seen = this.#host.seen();
    const track = this.#trackFor(item);
    const wasAt = track.reached ? track.destination : seen;
    const to = this.#onTrack(item, wasAt);
    if (to === null) return this.#failTerrain();
    const settings = this.#host.settings().track;
    const onward: Onward =
      end.endsWith === 'next' && end.waitS === 0 ? this.#onward(seq, item, to) : { kind: 'stop' };
    const at = this.#forTrack(seen);
    if (item.command === 82) track.setSpline(to, onward, at, settings);
    else if (end.endsWith === 'height')
      track.setStraight({ ...to, upM: at.upM }, { kind: 'stop' }, at, settings);
    else track.setStraight(to, onward, at, settings);
    this.#host.yaw.onLeg(this.#host.settings().yawBehaviour);
    this.#stage = { kind: 'leg', item, ...end, sinceS: null };
    return true;
  }

  #toLanding(item: MissionItem): boolean {
    if (item.x === 0 && item.y === 0) {
      this.#land(item);
      return true;
    }
    const seen = this.#host.seen();
    const place = this.#host.placeOf(item, seen);
    if (place === null) return this.#failTerrain();
    const track = this.#trackFor({ ...item, frame: 3 });
    const to = { eastM: place.eastM, northM: place.northM, upM: seen.upM };
    track.setStraight(to, { kind: 'stop' }, seen, this.#host.settings().track);
    this.#host.yaw.onLeg(this.#host.settings().yawBehaviour);
    this.#stage = { kind: 'leg', item, waitS: 0, endsWith: 'land', sinceS: null };
    return true;
  }

  #land(item: MissionItem): void {
    const seen = this.#host.seen();
    const home = this.#host.home().upM;
    const hasPlace = item.x !== 0 || item.y !== 0;
    const at = hasPlace ? (this.#track?.destination ?? null) : null;
    // The height of the item counts as the ground there: above it the descent is fast, below it slow.
    const groundUpM = hasPlace && item.z !== 0 ? (this.#host.placeOf(item, seen)?.upM ?? home) : home;
    this.#host.yaw.hold();
    this.#track = null;
    this.#run(landProgram(this.#host, seen, { at, groundUpM, pauseS: 0 }));
  }

  #toCircle(item: MissionItem): boolean {
    const seen = this.#host.seen();
    const place = this.#host.placeOf(item, seen);
    if (place === null) return this.#failTerrain();
    const edge = this.#circleOf(item, place).edge(seen);
    const track = this.#trackFor({ ...item, frame: 3 });
    track.setStraight(edge, { kind: 'stop' }, seen, this.#host.settings().track);
    this.#host.yaw.onLeg(this.#host.settings().yawBehaviour);
    this.#stage = { kind: 'leg', item, waitS: 0, endsWith: 'circle', sinceS: null };
    return true;
  }

  #circleOf(item: MissionItem, centre: LocalPoint): CircleFlight {
    const { circleRadiusM, circleRateRadps } = this.#host.settings();
    const radiusM = Math.abs(item.param3) || circleRadiusM;
    const direction = item.param3 < 0 ? -1 : 1;
    return new CircleFlight(centre, radiusM, direction * Math.abs(circleRateRadps), this.#host.seen());
  }

  /** What the next item needs to know of the corner (ModeAuto::set_next_wp). */
  #onward(seq: number, item: MissionItem, from: LocalPoint): Onward {
    const next = this.#host.following(seq);
    const isSameDatum = next !== null && (next.frame === TERRAIN_FRAME) === (item.frame === TERRAIN_FRAME);
    if (next === null || !isSameDatum) return { kind: 'stop' };
    const to = this.#onTrack(next, from);
    if (to === null) return { kind: 'stop' };
    if ([16, 17, 19, 94].includes(next.command)) return { kind: 'straight', to };
    return next.command === 82 ? { kind: 'spline', to } : { kind: 'stop' };
  }

  /** The track in use, or a new one where there is none for this kind of height. */
  #trackFor(item: MissionItem): WaypointTrack {
    const isAboveGround = item.frame === TERRAIN_FRAME;
    if (this.#track !== null && this.#aboveGround === isAboveGround) return this.#track;
    this.#aboveGround = isAboveGround;
    const track = new WaypointTrack(this.#forTrack(this.#host.seen()), this.#host.settings().track);
    this.#track = track;
    return track;
  }

  /** A place in the heights that the track counts in. */
  #onTrack(item: MissionItem, fallback: LocalPoint): LocalPoint | null {
    if (item.frame !== TERRAIN_FRAME) return this.#host.placeOf(item, fallback);
    const level = this.#host.placeOf({ ...item, frame: 3 }, fallback);
    if (level === null || this.#host.groundUpM(level) === null) return null;
    return { ...level, upM: item.z === 0 ? fallback.upM : item.z };
  }

  #forTrack(seen: AircraftState): AircraftState {
    const groundM = this.#aboveGround ? this.#host.groundUpM(seen) : 0;
    return groundM === null || groundM === 0 ? seen : { ...seen, upM: seen.upM - groundM };
  }

  #hold(seen: AircraftState, dtS: number): Demand {
    if (seen.onGround) return { kind: 'idle' };
    this.#held ??=
      this.#track?.reached === true && !this.#aboveGround
        ? this.#track.destination
        : stoppingPoint(seen, this.#host.settings().limits);
    const yawRad = this.#host.yaw.step(seen, null, dtS);
    return { kind: 'follow', at: this.#held, eastMps: 0, northMps: 0, upMps: 0, yawRad };
  }

  #run(program: Program): void {
    this.#stage = { kind: 'program', program };
  }

  #failTerrain(): boolean {
    this.#host.terrainMissing();
    this.#stage = { kind: 'stay' };
    return true;
  }
}
