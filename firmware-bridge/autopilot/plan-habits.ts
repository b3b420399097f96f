import type { AutopilotKind } from '../model.ts';
import type { PlanKind } from '../protocol/mission-kinds.ts';

/** What the autopilots do differently with mission, fence and rally lists. */
export interface PlanHabits {
  /** The old list stays until the new one is complete. False: from the first request on it is (partly) gone. */
  isAtomic(kind: PlanKind): boolean;
  /** A question that comes late or twice ends a download. */
  readonly readsInOrder: boolean;
  /** ACK 1 for a COUNT says that it is in a transfer with somebody else, with or without a text. */
  readonly errorMeansTaken: boolean;
  /** DO_SET_MISSION_CURRENT (224) is known; else only message 41 works. */
  readonly hasSetCurrentCommand: boolean;
}

const HABITS: Readonly<Record<'ardupilot' | 'px4', PlanHabits>> = {
  // MissionItemProtocol: mission and rally are cut at COUNT and overwritten item by item; the fence is gathered in
  // memory and written at the end.
  ardupilot: {
    isAtomic: (kind) => kind === 'fence',
    readsInOrder: false,
    errorMeansTaken: false,
    hasSetCurrentCommand: true,
  },
  // mavlink_mission: written into the storage that is not in use, switched over at the end; handle_mission_count has no
  // other reason for ACK 1, and is silent about it when the other one was first ("Ignore").
  px4: { isAtomic: () => true, readsInOrder: true, errorMeansTaken: true, hasSetCurrentCommand: false },
};

/** Null: not known. */
export function planHabitsOf(autopilot: AutopilotKind): PlanHabits | null {
  return autopilot === 'other' ? null : HABITS[autopilot];
}
