import { Encoder } from '../../../firmware-bridge/codec/encoder.ts';
import {
  buildMessage,
  EkfStatusFlags,
  EkfStatusReport,
  GpsFixType,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  MavAutopilot,
  type MavLinkData,
  MavState,
  MavSysStatusSensor,
  MavType,
  SysStatus,
} from '../../../firmware-bridge/codec/messages.ts';

/** What an autopilot says on its way to readiness, message by message. */
export const SAID = {
  booting: (autopilot: MavAutopilot = MavAutopilot.ARDUPILOTMEGA) =>
    buildMessage(Heartbeat, { type: MavType.QUADROTOR, autopilot, systemStatus: MavState.BOOT }),
  standby: (autopilot: MavAutopilot = MavAutopilot.ARDUPILOTMEGA) =>
    buildMessage(Heartbeat, { type: MavType.QUADROTOR, autopilot, systemStatus: MavState.STANDBY }),
  fix: () => buildMessage(GpsRawInt, { fixType: GpsFixType.GPS_FIX_TYPE_3D_FIX }),
  home: () => buildMessage(HomePosition, { latitude: 252_809_000, longitude: 1_102_900_000 }),
  position: () => buildMessage(EkfStatusReport, { flags: EkfStatusFlags.POS_HORIZ_ABS }),
  constantPosition: () =>
    buildMessage(EkfStatusReport, { flags: EkfStatusFlags.POS_HORIZ_ABS | EkfStatusFlags.CONST_POS_MODE }),
  /** @param watched bits that it watches besides the pre-arm bit; `healthy` of them are well */
  health: (prearm: boolean, watched = 0, healthy = watched) =>
    buildMessage(SysStatus, {
      onboardControlSensorsPresent: MavSysStatusSensor.PREARM_CHECK | watched,
      onboardControlSensorsEnabled: MavSysStatusSensor.PREARM_CHECK | watched,
      onboardControlSensorsHealth: (prearm ? MavSysStatusSensor.PREARM_CHECK : 0) | healthy,
    }),
};

/** For the fake autopilot: every message from its time on. */
export function spoken(
  systemId: number,
  said: readonly (readonly [afterMs: number, message: MavLinkData])[],
): readonly { readonly afterMs: number; readonly hex: string }[] {
  const encoder = new Encoder({ systemId, componentId: 1 });
  return said.map(([afterMs, message]) => ({ afterMs, hex: encoder.encode(message).toString('hex') }));
}

/** Ready `afterMs` after its start, with every stage on the way. */
export function readyAfter(systemId: number, afterMs: number): ReturnType<typeof spoken> {
  return spoken(systemId, [
    [0, SAID.standby()],
    [afterMs / 4, SAID.fix()],
    [afterMs / 3, SAID.home()],
    [afterMs / 2, SAID.health(true)],
    [afterMs, SAID.position()],
  ]);
}
