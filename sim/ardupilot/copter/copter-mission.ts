import type { MissionItem } from '../../../missions/mission-item.ts';
import type { AircraftState, Demand } from '../../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';
import type { MissionView } from '../firmware.ts';
import { isPayloadCommand } from '../mission-commands.ts';
import { MissionSequence } from '../mission-sequence.ts';
import { MissionFlight, type MissionFlightHost } from './mission-flight.ts';

export interface CopterMissionHost extends Omit<MissionFlightHost, 'following'> {
  items(): readonly MissionItem[];
  reached(seq: number): void;
  payload(seq: number, item: MissionItem): void;
  /** Null: where it is. */
  setHome(at: LocalPoint | null): void;
  setSpeed(type: number, speedMps: number): void;
  switchFence(value: number): void;
  restartsAlways(): boolean;
  disarm(): void;
}

const CRITICAL = 2;
const INFO = 6;
const DEG = Math.PI / 180;
/** How far ahead a change of the list makes the running command begin anew (MissionItems_ChangeDetector). */
const WATCHED_ITEMS = 3;
const LAND = 21;
const LAND_VTOL = 85;

/** The mission of one Copter in AUTO: the list (MissionSequence) and the flying of it (MissionFlight) put together. */
export class CopterMission implements MissionView {
  readonly flight: MissionFlight;
  readonly sequence: MissionSequence;
  readonly #host: CopterMissionHost;
  /** CONDITION_DELAY: seconds left; CONDITION_DISTANCE: metres. */
  #delayLeftS = 0;
  #withinM = 0;
  #watched: readonly (MissionItem | undefined)[] = [];

  constructor(host: CopterMissionHost) {
    this.#host = host;
    this.flight = new MissionFlight({
      ...host,
      following: (seq) => this.sequence.following(seq),
    });
    this.sequence = new MissionSequence({
      items: () => host.items(),
      startNavigation: (seq, item) => {
        const isFlown = this.flight.start(seq, item);
        this.#watch();
        return isFlown;
      },
      isNavigationDone: (seq, item) => this.#isNavigationDone(seq, item),
      startOther: (seq, item) => this.#startOther(seq, item),
      isOtherDone: (_, item) => this.#isOtherDone(item),
      reached: (seq) => host.reached(seq),
      text: (text) => host.text(INFO, text),
      completed: () => this.#completed(),
    });
  }

  get seq(): number {
    return this.sequence.seq;
  }
  get isRunning(): boolean {
    return this.sequence.isRunning;
  }
  get startsWithTakeoff(): boolean {
    return this.#host.restartsAlways() ? this.#freshStartsWithTakeoff() : this.sequence.startsWithTakeoff();
  }

  missionState(): number {
    return this.sequence.missionState();
  }

  setCurrent(seq: number): boolean {
    return this.sequence.setCurrent(seq);
  }

  /** What is flown was changed under way: the command begins anew. */
  listChanged(): void {
    if (!this.sequence.isRunning) return;
    if (!this.#host.isArmed()) {
      this.sequence.forget();
      this.sequence.resume();
      return;
    }
    const now = this.#next();
    if (now[0] === undefined || now.every((item, index) => isSame(item, this.#watched[index]))) return;
    if (!this.flight.isOnLeg) return;
    const done = this.sequence.restartCurrent();
    this.#host.text(
      CRITICAL,
      done ? 'Auto mission changed, restarted command' : 'Auto mission changed but failed to restart command',
    );
  }

  /** AUTO is entered. */
  enter(): void {
    this.flight.begin();
    if (this.#host.restartsAlways()) this.sequence.start();
    else this.sequence.resume();
  }

  leave(): void {
    this.sequence.stop();
  }

  onDisarmed(): void {
    this.sequence.reset();
    this.flight.begin();
  }

  /** On the ground, motors off: after a landing the list is begun again and waits for the next arming. */
  rest(): void {
    if (this.sequence.isRunning && this.sequence.seq === 0) this.sequence.update();
  }

  step(seen: AircraftState, dtS: number): Demand {
    this.#delayLeftS -= dtS;
    this.sequence.update();
    return this.flight.step(seen, dtS);
  }

  #isNavigationDone(seq: number, item: MissionItem): boolean {
    if (!this.flight.isDone(seq)) return false;
    if (item.command !== LAND && item.command !== LAND_VTOL) return true;
    // A landing ends in its own item: motors off, and the list begins anew (ModeAuto::verify_land).
    this.#host.disarm();
    return false;
  }

  #startOther(seq: number, item: MissionItem): void {
    const { yaw } = this.#host;
    switch (item.command) {
      case 112:
        this.#delayLeftS = item.param1;
        break;
      case 114:
        this.#withinM = Math.max(0, item.param1);
        break;
      case 115:
        yaw.fix(
          {
            angleRad: item.param1 * DEG,
            rateRadps: item.param2 * DEG,
            direction: item.param3,
            isRelative: item.param4 > 0,
          },
          this.#host.seen(),
          this.#host.settings().yawRateRadps,
        );
        break;
      case 178:
        if (item.param2 > 0) this.#host.setSpeed(item.param1, item.param2);
        break;
      case 179:
        this.#host.setHome(item.param1 === 1 || (item.x === 0 && item.y === 0) ? null : this.#placed(item));
        break;
      case 195:
      case 197:
      case 201:
        this.#lookAt(item);
        break;
      case 207:
        this.#host.switchFence(item.param1);
        break;
    }
    if (isPayloadCommand(item.command)) this.#host.payload(seq, item);
  }

  #isOtherDone(item: MissionItem): boolean {
    switch (item.command) {
      case 112:
        return this.#delayLeftS <= 0;
      case 114:
        return this.flight.distanceM() < this.#withinM;
      case 115:
        return this.#host.yaw.isThere(this.#host.seen());
      default:
        return true;
    }
  }

  /** No gimbal turns for it: the nose does. Nowhere means back to the default. */
  #lookAt(item: MissionItem): void {
    const { yaw } = this.#host;
    if (item.x === 0 && item.y === 0 && item.z === 0)
      yaw.toDefault(this.#host.settings().yawBehaviour, false);
    else yaw.lookAt(this.#placed(item));
  }

  #placed(item: MissionItem): LocalPoint {
    const seen = this.#host.seen();
    return this.#host.placeOf(item, seen) ?? seen;
  }

  #completed(): void {
    if (this.#host.isLanded()) this.#host.disarm();
    else {
      this.flight.stay();
      this.#host.yaw.hold();
    }
  }

  #watch(): void {
    this.#watched = this.#next();
  }

  #next(): readonly (MissionItem | undefined)[] {
    const from = this.sequence.seq;
    return Array.from({ length: WATCHED_ITEMS }, (_, ahead) => this.#host.items()[from + ahead]);
  }

  #freshStartsWithTakeoff(): boolean {
    const first = this.#host.items().find(({ command }, seq) => seq > 0 && command < 100);
    return first?.command === 22;
  }
}

function isSame(a: MissionItem | undefined, b: MissionItem | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.command === b.command &&
    a.frame === b.frame &&
    a.x === b.x &&
    a.y === b.y &&
    a.z === b.z &&
    a.param1 === b.param1 &&
    a.param3 === b.param3
  );
}
