/**
 * The first seconds after power-on, in the proportions of the captured ArduCopter (position estimate 40.4 s after its
 * first heartbeat). The pre-arm bit comes before there is a position, as on the real one: a ground station that only
 * looks at that bit arms too early.
 */
export interface StartupTimes {
  /** HEARTBEAT turns from BOOT to STANDBY; before it a mission gets "no space". */
  readonly readyS: number;
  readonly gpsFixS: number;
  /** EKF origin and home are set. */
  readonly homeS: number;
  readonly prearmBitS: number;
  /** Position estimate; from here arming is possible. */
  readonly positionS: number;
}

export const REALISTIC_STARTUP_S = 40;
export const DEFAULT_STARTUP_S = 4;

/** `startupS` 0 or more: seconds until the aircraft can be armed. */
export function startupTimes(startupS: number): StartupTimes {
  return {
    readyS: Math.min(1.4, startupS * 0.2),
    gpsFixS: startupS * 0.24,
    homeS: startupS * 0.47,
    prearmBitS: startupS * 0.56,
    positionS: startupS,
  };
}

/** What the autopilot says while it starts, in the order of the capture. */
export function startupTexts(times: StartupTimes, elevationM: number): readonly StartupText[] {
  const { readyS, homeS, positionS } = times;
  return [
    { atS: readyS * 0.6, text: 'Barometer 1 calibration complete' },
    { atS: readyS, text: 'ArduPilot Ready' },
    { atS: readyS, text: 'AHRS: DCM active' },
    { atS: (readyS + times.gpsFixS) / 2, text: 'EKF3 IMU0 initialised' },
    { atS: (readyS + times.gpsFixS) / 2, text: 'AHRS: EKF3 active' },
    { atS: times.gpsFixS, text: 'GPS 1: detected u-blox' },
    { atS: homeS, text: 'EKF3 IMU0 origin set' },
    { atS: homeS, text: `Field Elevation Set: ${Math.round(elevationM)}m` },
    { atS: positionS, text: 'EKF3 IMU0 is using GPS' },
  ].sort((a, b) => a.atS - b.atS);
}

export interface StartupText {
  readonly atS: number;
  readonly text: string;
}
