import type { MissionItem } from '../../missions/mission-item.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';

/** FENCE_TYPE bits, and the names that texts use. */
export const FENCE = { ALT_MAX: 1, CIRCLE: 2, POLYGON: 4, ALT_MIN: 8 } as const;
const NAMES = ['Max Alt', 'Circle', 'Polygon', 'Min Alt'] as const;
/** Inside every inclusion area is the rule; with this bit of FENCE_OPTIONS inside one of them is enough. */
const OPTION_UNION = 2;
/** After a breach a new one counts when it got this much worse (AC_FENCE_*_BACKUP_DISTANCE). */
const BACKUP_M = 20;

export interface FenceHost {
  items(): readonly MissionItem[];
  locate(item: MissionItem): LocalPoint;
  parameter(name: string): number;
  text(severity: number, text: string): void;
}

export interface FenceInput {
  /** Where it believes to be; null without a position. */
  readonly at: LocalPoint | null;
  readonly home: LocalPoint | null;
  readonly heightM: number;
  readonly timeS: number;
  readonly isLanding: boolean;
}

interface Polygon {
  readonly isInclusion: boolean;
  readonly corners: readonly LocalPoint[];
}
interface Circle {
  readonly isInclusion: boolean;
  readonly at: LocalPoint;
  readonly radiusM: number;
}

const NOTICE = 5;

/**
 * The fence of one aircraft as AC_Fence checks it: height, circle around home, stored polygons and circles. It says
 * what is breached; what follows is the flight controller's (FENCE_ACTION).
 */
export class Fence {
  readonly #host: FenceHost;
  #compiledFrom: readonly MissionItem[] | null = null;
  #polygons: readonly Polygon[] = [];
  #circles: readonly Circle[] = [];
  /** By mission or command: null follows FENCE_ENABLE. */
  #switchedOn: boolean | null = null;
  #floorOn = false;
  #breaches = 0;
  #backup = new Map<number, number>();
  #outsideM = Number.NEGATIVE_INFINITY;
  #count = 0;
  #type = 0;
  #atMs = 0;

  constructor(host: FenceHost) {
    this.#host = host;
  }

  get enabled(): boolean {
    return this.#switchedOn ?? this.#host.parameter('FENCE_ENABLE') !== 0;
  }
  /** Bits of the fences that are checked. */
  get active(): number {
    if (!this.enabled) return 0;
    const configured = this.#host.parameter('FENCE_TYPE');
    return this.#floorOn ? configured : configured & ~FENCE.ALT_MIN;
  }
  get breaches(): number {
    return this.#breaches;
  }
  get breachCount(): number {
    return this.#count;
  }
  /** FENCE_BREACH: 1 too low, 2 too high, 3 boundary. */
  get breachType(): number {
    return this.#type;
  }
  get breachAtMs(): number {
    return this.#atMs;
  }
  /** How far outside; negative inside, as far as known. */
  get outsideM(): number {
    return this.#outsideM;
  }

  /** DO_FENCE_ENABLE: 0 off, 1 on, 2 the lowest height off. False for others. */
  command(value: number): boolean {
    if (value === 0 || value === 1) {
      this.#switchedOn = value === 1;
      if (value === 0) this.#clear(15);
      return true;
    }
    if (value !== 2) return false;
    this.#floorOn = false;
    this.#clear(FENCE.ALT_MIN);
    return true;
  }

  /** The parameter was written: it counts again. */
  parameterWritten(name: string): void {
    if (name !== 'FENCE_ENABLE') return;
    this.#switchedOn = null;
    if (!this.enabled) this.#clear(15);
  }

  onDisarmed(): void {
    this.#floorOn = false;
  }

  /** @returns bits of the fences that were newly breached. */
  check(input: FenceInput): number {
    const active = this.active;
    this.#clear(~active & 15);
    if (active === 0) return 0;
    this.#outsideM = Number.NEGATIVE_INFINITY;
    const { at, home, heightM, timeS, isLanding } = input;
    const marginM = this.#host.parameter('FENCE_MARGIN');
    const lowestM = this.#host.parameter('FENCE_ALT_MIN');
    const configured = this.#host.parameter('FENCE_TYPE');
    let fresh = 0;
    const judge = (bit: number, outsideM: number) => {
      if ((active & bit) === 0) return;
      this.#outsideM = Math.max(this.#outsideM, outsideM);
      if (this.#judge(bit, outsideM, timeS)) fresh |= bit;
    };
    judge(FENCE.ALT_MAX, heightM - this.#host.parameter('FENCE_ALT_MAX'));
    if (isLanding) this.#clear(FENCE.ALT_MIN);
    else judge(FENCE.ALT_MIN, lowestM - heightM);
    if ((configured & FENCE.ALT_MIN) !== 0 && !this.#floorOn && !isLanding && heightM >= lowestM + marginM) {
      this.#floorOn = true;
      this.#host.text(NOTICE, 'Min Alt fence enabled (auto enable)');
    }
    if (at === null) return fresh;
    if (home !== null) {
      const fromHomeM = Math.hypot(at.eastM - home.eastM, at.northM - home.northM);
      judge(FENCE.CIRCLE, fromHomeM - this.#host.parameter('FENCE_RADIUS'));
    }
    judge(FENCE.POLYGON, this.outsideAreasM(at));
    return fresh;
  }

  /** Whether this place is inside; GUIDED refuses targets that are not. */
  contains(at: LocalPoint, home: LocalPoint | null): boolean {
    const active = this.active;
    const heightM = at.upM - (home?.upM ?? 0);
    if ((active & FENCE.ALT_MAX) !== 0 && heightM > this.#host.parameter('FENCE_ALT_MAX')) return false;
    if ((active & FENCE.ALT_MIN) !== 0 && heightM < this.#host.parameter('FENCE_ALT_MIN')) return false;
    if ((active & FENCE.CIRCLE) !== 0 && home !== null) {
      const fromHomeM = Math.hypot(at.eastM - home.eastM, at.northM - home.northM);
      if (fromHomeM > this.#host.parameter('FENCE_RADIUS')) return false;
    }
    return (active & FENCE.POLYGON) === 0 || this.outsideAreasM(at) <= 0;
  }

  /** "PreArm: " follows; null when nothing speaks against it. */
  armingObjection(input: {
    readonly at: LocalPoint | null;
    readonly home: LocalPoint | null;
  }): string | null {
    const value = (name: string) => this.#host.parameter(name);
    const configured = value('FENCE_TYPE');
    if (!this.enabled) return null;
    if ((configured & 15) === 0) return 'Fences enabled, but none selected';
    if ((configured & (FENCE.CIRCLE | FENCE.POLYGON)) !== 0 && (input.at === null || input.home === null))
      return 'Fence requires position';
    if (value('FENCE_RADIUS') < 0) return 'Invalid Circle FENCE_RADIUS value';
    if (value('FENCE_RADIUS') < value('FENCE_MARGIN'))
      return 'Circle FENCE_MARGIN is greater than FENCE_RADIUS';
    if (value('FENCE_ALT_MAX') < 0) return 'Invalid FENCE_ALT_MAX value';
    if (value('FENCE_ALT_MIN') < -100) return 'Invalid FENCE_ALT_MIN value';
    if (this.#breaches !== 0) return `Vehicle breaching ${fenceNames(this.#breaches)}`;
    if (value('FENCE_ALT_MAX') < value('FENCE_ALT_MIN')) return 'FENCE_ALT_MAX < FENCE_ALT_MIN';
    if (value('FENCE_ALT_MAX') - value('FENCE_ALT_MIN') <= 2 * value('FENCE_MARGIN'))
      return 'FENCE_MARGIN too big';
    return null;
  }

  /** Metres outside the stored areas; 0 or less: inside (AC_PolyFence_loader::breached). */
  outsideAreasM(at: LocalPoint): number {
    this.#compile();
    const union = (this.#host.parameter('FENCE_OPTIONS') & OPTION_UNION) !== 0;
    let inclusions = 0;
    let outside = 0;
    let farthestM = 0;
    let nearestM = Number.POSITIVE_INFINITY;
    const count = (isInclusion: boolean, isInside: boolean, edgeM: number) => {
      if (!isInclusion) {
        if (isInside) farthestM = Math.max(farthestM, Math.max(edgeM, 0.01));
        return isInside;
      }
      inclusions += 1;
      if (isInside) return false;
      outside += 1;
      nearestM = Math.min(nearestM, edgeM);
      return false;
    };
    for (const { isInclusion, corners } of this.#polygons)
      if (count(isInclusion, isInsidePolygon(at, corners), edgeDistanceM(at, corners))) return farthestM;
    for (const { isInclusion, at: centre, radiusM } of this.#circles) {
      const fromCentreM = Math.hypot(at.eastM - centre.eastM, at.northM - centre.northM);
      if (count(isInclusion, fromCentreM < radiusM, Math.abs(fromCentreM - radiusM))) return farthestM;
    }
    const isBreached = union ? inclusions > 0 && outside === inclusions : outside > 0;
    return isBreached ? Math.max(nearestM, 0.01) : 0;
  }

  #judge(bit: number, outsideM: number, timeS: number): boolean {
    // A boundary of areas counts from outside on, a height or radius already when it is reached.
    const isOut = bit === FENCE.POLYGON ? outsideM > 0 : outsideM >= 0;
    if (!isOut) {
      this.#clear(bit);
      return false;
    }
    const again = bit !== FENCE.POLYGON && outsideM >= (this.#backup.get(bit) ?? Number.POSITIVE_INFINITY);
    if ((this.#breaches & bit) !== 0 && !again) return false;
    this.#breaches |= bit;
    this.#backup.set(bit, outsideM + BACKUP_M);
    this.#count = Math.min(65_500, this.#count + 1);
    this.#type = bit === FENCE.ALT_MIN ? 1 : bit === FENCE.ALT_MAX ? 2 : 3;
    this.#atMs = Math.round(timeS * 1000);
    return true;
  }

  #clear(bits: number): void {
    this.#breaches &= ~bits;
    for (const bit of this.#backup.keys()) if ((bits & bit) !== 0) this.#backup.delete(bit);
  }

  #compile(): void {
    const items = this.#host.items();
    if (items === this.#compiledFrom) return;
    this.#compiledFrom = items;
    const polygons: Polygon[] = [];
    const circles: Circle[] = [];
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      if (item === undefined) continue;
      if (item.command === 5001 || item.command === 5002) {
        const corners = items.slice(index, index + Math.max(1, item.param1));
        polygons.push({
          isInclusion: item.command === 5001,
          corners: corners.map((corner) => this.#host.locate(corner)),
        });
        index += corners.length - 1;
      } else if (item.command === 5003 || item.command === 5004) {
        circles.push({
          isInclusion: item.command === 5003,
          at: this.#host.locate(item),
          radiusM: item.param1,
        });
      }
    }
    this.#polygons = polygons;
    this.#circles = circles;
  }
}

/** "Max Alt, Circle and Polygon fence". */
export function fenceNames(bits: number): string {
  const names = NAMES.filter((_, index) => (bits & (1 << index)) !== 0);
  const last = names.at(-1) ?? '';
  const before = names.slice(0, -1).join(', ');
  return `${before === '' ? last : `${before} and ${last}`} fence`;
}

function isInsidePolygon(at: LocalPoint, corners: readonly LocalPoint[]): boolean {
  let inside = false;
  corners.forEach((a, index) => {
    const b = corners[(index + 1) % corners.length] ?? a;
    const crosses = a.northM > at.northM !== b.northM > at.northM;
    if (!crosses) return;
    const eastM = a.eastM + ((at.northM - a.northM) / (b.northM - a.northM)) * (b.eastM - a.eastM);
    if (at.eastM < eastM) inside = !inside;
  });
  return inside;
}

function edgeDistanceM(at: LocalPoint, corners: readonly LocalPoint[]): number {
  let nearestM = Number.POSITIVE_INFINITY;
  corners.forEach((a, index) => {
    const b = corners[(index + 1) % corners.length] ?? a;
    const [east, north] = [b.eastM - a.eastM, b.northM - a.northM];
    const length = east * east + north * north;
    const along = length === 0 ? 0 : ((at.eastM - a.eastM) * east + (at.northM - a.northM) * north) / length;
    const t = Math.min(1, Math.max(0, along));
    nearestM = Math.min(
      nearestM,
      Math.hypot(at.eastM - a.eastM - east * t, at.northM - a.northM - north * t),
    );
  });
  return nearestM;
}
