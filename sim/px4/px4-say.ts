import type { EventArgument } from './px4-events.ts';

/**
 * What PX4 says twice: as a text of that MAV_SEVERITY (with a tab at its end, which marks texts that are events too)
 * and as the event of that name and level.
 */
export type Say = (
  severity: number,
  text: string,
  event: string,
  level: number,
  ...args: readonly EventArgument[]
) => void;
