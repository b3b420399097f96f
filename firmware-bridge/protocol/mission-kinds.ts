import { MavMissionType } from '../codec/messages.ts';

/** The three lists that the mission protocol carries, each with its own storage on board (MAV_MISSION_TYPE). */
export type PlanKind = 'mission' | 'fence' | 'rally';

export const PLAN_KINDS: readonly PlanKind[] = ['mission', 'fence', 'rally'];

export const MISSION_TYPE_OF: Readonly<Record<PlanKind, MavMissionType>> = {
  mission: MavMissionType.MISSION,
  fence: MavMissionType.FENCE,
  rally: MavMissionType.RALLY,
};

/** Null: a type that nobody knows, or 255, all of them. */
export function planKindOf(missionType: number): PlanKind | null {
  return PLAN_KINDS[missionType] ?? null;
}

/** MAV_CMD of fence items (common.xml). Circles carry their radius in param1, polygon vertices how many they are. */
export const FENCE_CMD = {
  RETURN_POINT: 5000,
  POLYGON_INCLUSION: 5001,
  POLYGON_EXCLUSION: 5002,
  CIRCLE_INCLUSION: 5003,
  CIRCLE_EXCLUSION: 5004,
} as const;

export const RALLY_POINT_CMD = 5100;

export function isPlaceCommand(command: number): boolean {
  return (
    command === RALLY_POINT_CMD ||
    (command >= FENCE_CMD.RETURN_POINT && command <= FENCE_CMD.CIRCLE_EXCLUSION)
  );
}
