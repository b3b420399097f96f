import { toDegE7 } from '../fleet/items.ts';
import { MAV_CMD, MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { LonLat, PathAction } from '../model.ts';
import { groundDistanceM } from '../terrain/profile.ts';
import {
  gimbalItem,
  lookAheadItem,
  lookAtItem,
  photoDistanceItem,
  photoItem,
  plainItem,
  type Shutter,
  speedItem,
  videoItem,
  yawItem,
} from './commands.ts';
import type { MissionAutopilot } from './options.ts';

/** Said by the server's loudspeaker when the item (counted from 0, without a home slot) is reached. */
export interface SpeechCue {
  readonly itemIndex: number;
  readonly text: string;
  readonly repeat: number;
}

/** A place to fly to, with its height in the datum of `frame`. */
export interface Stop extends LonLat {
  readonly frame: number;
  readonly heightM: number;
}

/**
 * Seconds that ArduPilot is given to turn before something is done that depends on it: half a turn at the default
 * 60°/s (ATC_SLEW_YAW) and a little to settle. PX4 waits for the heading by itself (MIS_YAW_ERR).
 */
const TURN_S = 4;

/**
 * Writes items in the order in which things shall happen. What the two autopilots do differently:
 *
 * - Both run DO_ and CONDITION_ items when the NAV item before them is done. ArduPilot drops those that are not yet
 *   done when the next NAV item ends (AP_Mission::advance_current_nav_cmd), so what happens at a point comes after a
 *   waypoint without a stay, and a stay becomes an item of its own behind it.
 * - Heading: ArduPilot takes CONDITION_YAW and forgets it at the next waypoint (ModeAuto::wp_start), so it is repeated;
 *   it ignores the yaw of a waypoint. PX4 knows no CONDITION_YAW; its waypoints carry the heading in param4. In our
 *   items 0 there means "free" (the bridge turns it into NaN), so due north is written as 360.
 * - Stay: whole seconds in ArduPilot, by NAV_LOITER_TIME; PX4 holds at a waypoint, for in its LOITER_TIME param4 is
 *   yaw and exit side at once.
 */
export class ItemBuilder {
  readonly items: MissionItem[] = [];
  readonly speech: SpeechCue[] = [];
  /** Stays that had to be rounded up to whole seconds. */
  roundedStays = 0;

  private readonly autopilot: MissionAutopilot;
  private readonly shutter: Shutter;
  private at: Stop | null = null;
  private headingDeg: number | null = null;
  private speedMps: number;
  private isLooking = false;
  private isVideoOn = false;
  private isTriggering = false;
  private photos = 0;
  /** Items and speech since the last NAV item: a stay can no longer be its own. */
  private sinceNav = 0;
  /** ArduPilot: the turn of the last CONDITION_YAW has had no time yet. */
  private isTurning = false;
  private isHeadingSent = false;
  /** Seconds of the last waypoint that nobody asked for: a stay there includes them. */
  private spareS = 0;

  constructor(autopilot: MissionAutopilot, shutter: Shutter, cruiseSpeedMps: number) {
    this.autopilot = autopilot;
    this.shutter = shutter;
    this.speedMps = cruiseSpeedMps;
  }

  /** Straight up from where it stands. */
  takeOff(heightAboveHomeM: number): void {
    this.items.push({
      ...plainItem(MAV_CMD.NAV_TAKEOFF, { z: toCentimetres(heightAboveHomeM) }),
      frame: MAV_FRAME.GLOBAL_RELATIVE_ALT,
    });
    this.items.push(speedItem(this.speedMps));
  }

  /** Flies to a place. */
  flyTo(stop: Stop): void {
    // Two and more items wait to be done, and the next place is reached at once: a second is enough for them.
    const isHere = this.at !== null && groundDistanceM(this.at, stop) < 2;
    const mayLose = this.autopilot === 'ardupilot' && isHere && this.sinceNav > 1;
    this.at = stop;
    this.nav(MAV_CMD.NAV_WAYPOINT, mayLose ? 1 : 0);
    this.spareS = mayLose ? 1 : 0;
  }

  do(action: PathAction): void {
    switch (action.kind) {
      case 'dwell':
        this.stay(action.seconds);
        break;
      case 'yaw':
        this.turn(action.headingDeg);
        break;
      case 'speed':
        this.speedMps = action.speedMps;
        this.push(speedItem(action.speedMps));
        break;
      case 'gimbal':
        // A target that is still set would take the gimbal back.
        if (this.isLooking) this.lookAhead();
        this.push(gimbalItem(action.pitchDeg, action.yawDeg));
        break;
      case 'look-at':
        this.lookAt(action.target, action.targetAmslM);
        break;
      case 'look-ahead':
        this.lookAhead();
        break;
      case 'photo':
        this.push(photoItem(this.shutter, ++this.photos));
        break;
      case 'photo-distance':
        this.isTriggering = action.everyM > 0;
        this.push(photoDistanceItem(action.everyM));
        break;
      case 'video':
        this.isVideoOn = action.on;
        this.push(videoItem(action.on));
        break;
      case 'speak':
        this.speech.push({ itemIndex: this.lastNav(), text: action.text, repeat: action.repeat });
        this.sinceNav++;
    }
  }

  /** Ends what the path began and nobody ended: nothing is filmed on the way home, and it is flown at cruise speed. */
  endOfPath(cruiseSpeedMps: number): void {
    if (this.isTriggering) this.do({ kind: 'photo-distance', everyM: 0 });
    if (this.isVideoOn) this.do({ kind: 'video', on: false });
    if (this.isLooking) this.lookAhead();
    this.headingDeg = null;
    if (this.speedMps !== cruiseSpeedMps) this.do({ kind: 'speed', speedMps: cruiseSpeedMps });
  }

  /** An item that is neither a place nor an action of a path. */
  push(item: MissionItem): void {
    if (this.isTurning) this.stay(TURN_S);
    this.items.push(item);
    this.sinceNav++;
  }

  /** Index of the last NAV item, counted from 0. */
  lastNav(): number {
    return this.items.findLastIndex((item) => item.command < FIRST_NON_NAV);
  }

  private stay(seconds: number): void {
    if (seconds === 0) return;
    const isWhole = this.autopilot === 'ardupilot';
    const heldS = isWhole ? Math.ceil(seconds) : seconds;
    if (heldS !== seconds) this.roundedStays++;
    this.isTurning = false;
    const last = this.items[this.items.length - 1];
    if (this.sinceNav === 0 && last?.command === MAV_CMD.NAV_WAYPOINT) {
      this.items[this.items.length - 1] = { ...last, param1: last.param1 + heldS - this.spareS };
      this.spareS = 0;
    } else {
      this.nav(isWhole ? MAV_CMD.NAV_LOITER_TIME : MAV_CMD.NAV_WAYPOINT, heldS);
    }
  }

  private turn(headingDeg: number): void {
    const wanted = ((headingDeg % 360) + 360) % 360;
    if (wanted === this.headingDeg) return;
    this.headingDeg = wanted;
    if (this.autopilot === 'px4') {
      this.nav(MAV_CMD.NAV_WAYPOINT, 0);
    } else {
      this.push(yawItem(this.headingDeg));
      this.isTurning = true;
      this.isHeadingSent = true;
    }
  }

  private lookAt(target: LonLat, amslM: number | null): void {
    this.isLooking = true;
    // The nose follows the target, or the gimbal does.
    this.headingDeg = null;
    const z = amslM === null ? null : toCentimetres(amslM);
    this.push(lookAtItem(toDegE7(target.latDeg), toDegE7(target.lonDeg), z));
  }

  private lookAhead(): void {
    this.isLooking = false;
    this.headingDeg = null;
    this.push(lookAheadItem());
  }

  private nav(command: number, seconds: number): void {
    const stop = this.at;
    if (stop === null) return;
    if (this.autopilot === 'ardupilot' && this.headingDeg !== null && !this.isHeadingSent) {
      this.items.push(yawItem(this.headingDeg));
    }
    const yaw = this.autopilot === 'px4' && this.headingDeg !== null ? this.headingDeg || 360 : 0;
    this.items.push({
      ...plainItem(command, { param1: seconds, param4: yaw }),
      frame: stop.frame,
      x: toDegE7(stop.latDeg),
      y: toDegE7(stop.lonDeg),
      z: this.heightOf(stop),
    });
    this.sinceNav = 0;
    this.spareS = 0;
    this.isTurning = false;
    this.isHeadingSent = false;
  }

  /** A height that is 0 in centimetres means "as high as you are" to ArduPilot (ModeAuto::loc_from_cmd). */
  private heightOf(stop: Stop): number {
    const z = toCentimetres(stop.heightM);
    return this.autopilot === 'ardupilot' && Math.abs(z) < 0.02 ? 0.02 : z;
  }
}

const FIRST_NON_NAV = 95;

/** Both autopilots hold centimetres or better; more digits would only come back different. */
export function toCentimetres(metres: number): number {
  return Math.round(metres * 100) / 100 + 0;
}
