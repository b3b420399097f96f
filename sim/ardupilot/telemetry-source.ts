import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import type { Wind } from '../aircraft/aircraft-state.ts';
import type { Firmware, Flight } from './firmware.ts';
import type { MissionStore } from './mission-store.ts';
import type { ParameterTable } from './parameters.ts';

/** What the messages are made of, besides the flight itself. */
export interface TelemetrySource {
  readonly flight: Flight;
  readonly firmware: Pick<Firmware, 'mavType'>;
  readonly missions: MissionStore;
  readonly parameters: ParameterTable;
  /** 18 bytes that are unique to the aircraft (AUTOPILOT_VERSION.uid2). */
  readonly uid2: readonly number[];
  /** UTC in milliseconds at the aircraft's start. */
  readonly bootEpochMs: number;
  readonly wind: () => Wind;
  /** Capability bits of what else is aboard (FTP, terrain). */
  readonly addedCapabilities: () => bigint;
}

export type TelemetryBuilder = (source: TelemetrySource) => MavLinkData | null;

export const UNKNOWN_U16 = 65_535;

export function bootMs({ state }: Flight): number {
  return Math.round(state.timeS * 1000);
}
