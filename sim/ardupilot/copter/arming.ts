import type { LocalPoint } from '../../aircraft/local-frame.ts';
import { type BatteryReading, batteryObjection } from '../battery-watch.ts';
import { FENCE, type Fence } from '../fence.ts';
import { type ModeNumber, needsPosition } from '../modes.ts';
import type { ParameterTable } from '../parameters.ts';
import type { Sensors } from '../sensors.ts';

/** What the checks before arming look at. */
export interface ArmingContext {
  readonly parameters: ParameterTable;
  readonly sensors: Sensors;
  readonly fence: Fence;
  readonly mode: ModeNumber;
  readonly battery: BatteryReading;
  readonly at: LocalPoint | null;
  readonly home: LocalPoint | null;
  readonly ready: boolean;
  readonly gcsLost: boolean;
  readonly hasTransmitter: boolean;
  readonly radioLost: boolean;
  /** Reason of the fault "refuse-arming". */
  readonly refusal: string | null;
  /** Of the services aboard, "PreArm: " included. */
  readonly others: readonly string[];
}

/** ARMING_CHECK bits; 1 means all of them. */
const CHECK = { ALL: 1, BARO: 2, COMPASS: 4, GPS: 8, RC: 64, BATTERY: 256, PARAMETERS: 32 } as const;
/** AP_ARMING_AHRS_GPS_ERROR_MAX */
const GPS_ERROR_MAX_M = 10;

/**
 * Everything that speaks against arming, as "PreArm: …" and in the order in which AP_Arming_Copter looks; a reason
 * that hides others does so there too.
 */
export function prearmObjections(context: ArmingContext): string[] {
  const { parameters, refusal, others, mode, sensors } = context;
  const reasons: string[] = [];
  const add = (reason: string | null) => {
    if (reason !== null) reasons.push(`PreArm: ${reason}`);
  };
  add(refusal);
  if (!context.ready) {
    add('System not initialised');
    return reasons;
  }
  const checks = parameters.number('ARMING_CHECK');
  const isOn = (bit: number) => (checks & CHECK.ALL) !== 0 || (checks & bit) !== 0;
  if (checks !== 0) {
    if (isOn(CHECK.PARAMETERS) && parameters.number('FS_GCS_ENABLE') === 2)
      add('FS_GCS_ENABLE=2 removed, see FS_OPTIONS');
    if (context.gcsLost) add('GCS failsafe on');
    if (isOn(CHECK.RC)) add(radioObjection(context));
    if (isOn(CHECK.COMPASS)) add(compassObjection(sensors));
    if (isOn(CHECK.BATTERY)) {
      const battery = batteryObjection(context.battery, (name) => parameters.number(name));
      add(battery === null ? null : `Battery 1 ${battery}`);
    }
  }
  const fenceNeedsPlace = (context.fence.active & (FENCE.CIRCLE | FENCE.POLYGON)) !== 0;
  const gps =
    checks !== 0 && isOn(CHECK.GPS) && (needsPosition(mode) || fenceNeedsPlace)
      ? gpsObjection(context)
      : null;
  add(gps ?? positionObjection(context, fenceNeedsPlace));
  if (checks !== 0) add(context.fence.armingObjection({ at: context.at, home: context.home }));
  return [...reasons, ...others];
}

function radioObjection({ parameters, hasTransmitter, radioLost }: ArmingContext): string | null {
  if (parameters.number('FS_THR_ENABLE') === 0) return null;
  if (!hasTransmitter) return 'RC not found';
  return radioLost ? 'Radio failsafe on' : null;
}

function compassObjection(sensors: Sensors): string | null {
  if (!sensors.compassHealthy) return 'Compass not healthy';
  return sensors.compassesConsistent ? null : 'Compasses inconsistent';
}

function gpsObjection({ sensors, home }: ArmingContext): string | null {
  if (!sensors.gpsOk) return 'GPS 1: Bad fix';
  if (home === null) return 'AHRS: waiting for home';
  if (sensors.gpsDistanceM <= GPS_ERROR_MAX_M) return null;
  return `GPS and AHRS differ by ${sensors.gpsDistanceM.toFixed(1)}m`;
}

/** AP_Arming_Copter::mandatory_gps_checks: not to be switched off by ARMING_CHECK. */
function positionObjection(context: ArmingContext, fenceNeedsPlace: boolean): string | null {
  const { sensors, parameters, mode } = context;
  if (needsPosition(mode) || parameters.number('ARMING_NEED_LOC') === 1) {
    if (!sensors.positionOk) return 'Need Position Estimate';
  } else if (fenceNeedsPlace) {
    if (!sensors.positionOk) return 'Fence enabled, need position estimate';
  } else return null;
  if (sensors.isGlitching) return 'GPS glitching';
  const threshold = parameters.number('FS_EKF_THRESH');
  const { compass, position, velocity, height } = sensors.ekf();
  const named = { compass, position, velocity, height };
  const bad = Object.entries(named).find(([, value]) => threshold > 0 && value >= threshold);
  return bad === undefined ? null : `EKF ${bad[0]} variance`;
}
