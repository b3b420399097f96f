import type { AutopilotKind } from '../model.ts';
import { ardupilot } from './ardupilot.ts';
import type { Autopilot } from './autopilot.ts';
import { px4 } from './px4.ts';

/** Null: its habits are not known; it is shown, and nothing is asked of it. */
export function autopilotOf(kind: AutopilotKind): Autopilot | null {
  switch (kind) {
    case 'ardupilot':
      return ardupilot;
    case 'px4':
      return px4;
    case 'other':
      return null;
  }
}
