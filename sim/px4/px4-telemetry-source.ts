import type { AircraftState } from '../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';
import type { Px4Aircraft } from './px4-aircraft.ts';
import type { Px4MissionServer } from './px4-mission-server.ts';
import type { Stage } from './px4-stages.ts';

/** What the messages are made of. */
export interface Px4TelemetrySource {
  readonly aircraft: Px4Aircraft;
  readonly missions: Px4MissionServer;
  readonly uid2: readonly number[];
  /** UTC in milliseconds at power-on. */
  readonly bootEpochMs: number;
  /** Capability bits of what else is aboard (FTP). */
  readonly addedCapabilities: bigint;
  /** Fault: a cell that sags; volts below the others by cell number from 0. */
  readonly lowCell: { readonly cell: number; readonly sagV: number } | null;
}

export const DEG = 180 / Math.PI;
export const UNKNOWN_U16 = 65_535;

export function bootMs(aircraft: Px4Aircraft): number {
  return Math.round(aircraft.state.timeS * 1000);
}

export function bootUs(aircraft: Px4Aircraft): bigint {
  return BigInt(Math.round(aircraft.state.timeS * 1e6));
}

export function amslOf(aircraft: Px4Aircraft): number {
  return aircraft.frame.origin.altitudeAmslM + aircraft.state.upM;
}

export function groundSpeed({ velEastMps, velNorthMps }: AircraftState): number {
  return Math.hypot(velEastMps, velNorthMps);
}

/** 0–360, with what a bad compass adds. */
export function heading(aircraft: Px4Aircraft): number {
  return (((yawOf(aircraft) * DEG) % 360) + 360) % 360;
}

function yawOf(aircraft: Px4Aircraft): number {
  return aircraft.state.yawRad + aircraft.estimator.headingErrorRad;
}

export function signedYaw(aircraft: Px4Aircraft): number {
  const yaw = yawOf(aircraft);
  return Math.atan2(Math.sin(yaw), Math.cos(yaw));
}

/** Roll, pitch, yaw to w, x, y, z. */
export function quaternionOf(aircraft: Px4Aircraft): readonly [number, number, number, number] {
  const { rollRad, pitchRad } = aircraft.state;
  const yaw = yawOf(aircraft);
  const [cr, sr] = [Math.cos(rollRad / 2), Math.sin(rollRad / 2)];
  const [cp, sp] = [Math.cos(pitchRad / 2), Math.sin(pitchRad / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ];
}

/** 0–1; hovering takes about half. */
export function throttle(aircraft: Px4Aircraft): number {
  if (!aircraft.armed) return 0;
  return aircraft.state.onGround ? 0.1 : Math.min(1, aircraft.state.battery.currentA / 36);
}

/** Where the navigator sends it; null on the ground. */
export function targetOf(aircraft: Px4Aircraft): LocalPoint | null {
  const stage: Stage | null = aircraft.armed ? aircraft.navigator.stage : null;
  switch (stage?.kind) {
    case 'climb':
    case 'leg':
      return stage.to;
    case 'hold':
    case 'land':
    case 'pause':
      return stage.at;
    case 'orbit':
      return stage.center;
    default:
      return null;
  }
}
