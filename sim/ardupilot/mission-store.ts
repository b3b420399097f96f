import type { MissionItem } from '../../missions/mission-item.ts';
import { MISSION_TYPE, type StoredType } from './mission-items.ts';

/** ArduCopter's own limits for fence and rally are in bytes; these are what fits. */
const FENCE_CAPACITY = 84;
const RALLY_CAPACITY = 84;
/** What ArduCopter 4.7 SITL offers for missions. */
export const DEFAULT_MISSION_CAPACITY = 724;

/**
 * What the aircraft keeps: mission, fence and rally apart. Slot 0 of the mission is home, whatever was sent for it:
 * it is read as home, and it exists as soon as home is known.
 */
export class MissionStore {
  readonly #capacity: number;
  #mission: MissionItem[] = [];
  #fence: readonly MissionItem[] = [];
  #rally: readonly MissionItem[] = [];
  #home: MissionItem | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  capacity(type: StoredType): number {
    if (type === MISSION_TYPE.MISSION) return this.#capacity;
    return type === MISSION_TYPE.FENCE ? FENCE_CAPACITY : RALLY_CAPACITY;
  }

  list(type: StoredType): readonly MissionItem[] {
    if (type === MISSION_TYPE.FENCE) return this.#fence;
    if (type === MISSION_TYPE.RALLY) return this.#rally;
    return this.#mission;
  }

  setHome(home: MissionItem): void {
    this.#home = home;
    this.#mission[0] = home;
  }

  /** Not atomic, as on the real one: what is behind `count` is gone at once, what is before it stays. */
  truncateMission(count: number): void {
    this.#mission = this.#mission.slice(0, count);
  }

  /** Replaces or appends; false when there would be a hole. */
  putMissionItem(seq: number, item: MissionItem): boolean {
    if (seq > this.#mission.length) return false;
    this.#mission[seq] = seq === 0 && this.#home !== null ? this.#home : item;
    return true;
  }

  replace(type: Exclude<StoredType, 0>, items: readonly MissionItem[]): void {
    if (type === MISSION_TYPE.FENCE) this.#fence = items;
    else this.#rally = items;
  }

  clear(type: StoredType): void {
    if (type === MISSION_TYPE.MISSION) this.#mission = [];
    else this.replace(type, []);
  }
}
