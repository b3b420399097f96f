import type { MissionItem } from '../../../missions/mission-item.ts';
import type { AircraftState } from '../../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';
import type { Fence } from '../fence.ts';
import type { AutoYaw } from './auto-yaw.ts';
import type { CopterMission } from './copter-mission.ts';
import type { CopterSettings } from './copter-settings.ts';
import type { GuidedProgram } from './guided-program.ts';

/** What commands and guided targets may do with a Copter. */
export interface CopterControls {
  readonly seen: AircraftState;
  readonly mode: number;
  readonly armed: boolean;
  readonly isTakingOff: boolean;
  readonly home: LocalPoint | null;
  readonly yaw: AutoYaw;
  readonly mission: CopterMission;
  readonly fenceMonitor: Fence;
  settings(): CopterSettings;
  requestMode(mode: number): boolean;
  /** NAV_TAKEOFF as a command; metres above home. */
  takeoff(heightM: number): boolean;
  /** The program that takes guided targets; null in other modes. */
  guided(): GuidedProgram | null;
  /** Speed types: 0 and 1 over the ground, 2 climb, 3 descent. */
  changeSpeed(type: number, speedMps: number): void;
  locate(item: Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>): LocalPoint | null;
}
