import type { MissionPlan } from '../mission-item.ts';

/** A planned home: WGS-84, ground height above mean sea level. */
export interface HomePosition {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly altitudeAmslM: number;
}

/** What a mission file held, or the first fault with the place where it is. */
export type MissionFileResult =
  | { readonly kind: 'ok'; readonly plan: MissionPlan; readonly home: HomePosition | null }
  | {
      readonly kind: 'error';
      /** `format.not-json`, `format.not-a-plan`, `format.bad-item`, `format.complex-item`, `format.not-waypoints`. */
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, string | number>>;
    };

export function formatError(
  code: string,
  message: string,
  details: Readonly<Record<string, string | number>> = {},
): MissionFileResult {
  return { kind: 'error', code, message, details };
}

/** Frames whose x and y are latitude and longitude (MAV_FRAME: global ones and their terrain variants). */
const GLOBAL_FRAMES: ReadonlySet<number> = new Set([0, 3, 5, 6, 10, 11]);

/** True when an item's x and y are degE7; in other frames they are the command's own param5 and param6. */
export function hasPosition(frame: number): boolean {
  return GLOBAL_FRAMES.has(frame);
}
