import type { Fence } from '../fence.ts';
import type { HealthView } from '../firmware.ts';
import { hasManualThrottle, type ModeNumber, needsPosition } from '../modes.ts';
import type { Sensors } from '../sensors.ts';
import type { FailsafeWatch } from './failsafe-watch.ts';

/** What SYS_STATUS says of the parts of a Copter (GCS_Copter::update_vehicle_sensor_status_flags). */
export function healthOf(input: {
  readonly mode: ModeNumber;
  /** Armed, or in a mode in which the controllers are ready. */
  readonly isFlown: boolean;
  readonly positionOk: boolean;
  readonly hasHome: boolean;
  readonly sensors: Sensors;
  readonly fence: Fence;
  readonly watch: FailsafeWatch;
}): HealthView {
  const { mode, isFlown, positionOk, sensors, fence, watch } = input;
  return {
    compass: sensors.compassHealthy,
    battery: watch.batteryLevel === 'ok',
    fence: fence.breaches === 0,
    ahrs: input.hasHome,
    horizontalControl: isFlown && needsPosition(mode) && positionOk,
    verticalControl: isFlown && !hasManualThrottle(mode),
    receiver: watch.hasTransmitter ? !watch.radioLost : null,
  };
}
