import { createHash } from 'node:crypto';
import type { AutopilotVersion } from '../codec/messages.ts';
import type { AutopilotKind, VehicleId } from '../model.ts';

/** Who an aircraft is, from its AUTOPILOT_VERSION. */

/** PX4 in simulation puts the instance number into uid2 and a constant into uid: neither alone is enough. */
const MIN_UID_BYTES = 6;

/** Hexadecimal; null when the autopilot gives none. */
export function hardwareUidOf(version: AutopilotVersion): string | null {
  const uid2 = Buffer.from(version.uid2)
    .toString('hex')
    .replace(/(00)+$/, '');
  const uid = version.uid === 0n ? '' : version.uid.toString(16).padStart(16, '0');
  if (uid2.length >= 2 * MIN_UID_BYTES || uid === '') return uid2 === '' ? null : uid2;
  return uid2 === '' ? uid : `${uid}-${uid2}`;
}

const PREFIX: Readonly<Record<AutopilotKind, string>> = { ardupilot: 'ap', px4: 'px4', other: 'mav' };

/** Short enough for an address line, long enough for a fleet: 48 bits of the uid's hash. */
export function vehicleIdOf(autopilot: AutopilotKind, hardwareUid: string): VehicleId {
  const hash = createHash('sha256').update(hardwareUid).digest('hex').slice(0, 12);
  return `${PREFIX[autopilot]}-${hash}` as VehicleId;
}

const RELEASE_TYPES: readonly (readonly [from: number, name: string])[] = [
  [255, ''],
  [192, '-rc'],
  [128, '-beta'],
  [64, '-alpha'],
  [0, '-dev'],
];

/** `4.7.0-dev`; null when it says 0. Bytes: major, minor, patch, FIRMWARE_VERSION_TYPE. */
export function firmwareVersionOf(version: AutopilotVersion): string | null {
  const raw = version.flightSwVersion;
  if (raw === 0) return null;
  const type = raw & 0xff;
  const suffix = RELEASE_TYPES.find(([from]) => type >= from)?.[1] ?? '';
  return `${raw >>> 24}.${(raw >>> 16) & 0xff}.${(raw >>> 8) & 0xff}${suffix}`;
}
