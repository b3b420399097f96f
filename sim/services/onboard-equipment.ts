import type { OnboardServiceFactory } from '../vehicle/onboard-service.ts';
import { cameraService } from './camera/camera-service.ts';
import { combineServices } from './combine-services.ts';
import { type GimbalStyle, gimbalService } from './gimbal/gimbal-service.ts';
import { copterModeNumber, planeModeNumber } from './logs/mode-numbers.ts';
import { actuatorService, outputService } from './outputs/output-service.ts';
import { remoteIdService } from './remote-id/remote-id-service.ts';
import { ardupilotStorage, px4Storage } from './storage-service.ts';
import { terrainService } from './terrain/terrain-service.ts';

/** What a police aircraft has aboard besides flying. */
export interface EquipmentOptions {
  /** Address of the camera's video; default an RTSP address on this machine that nobody serves. */
  readonly streamUri?: (systemId: number) => string;
}

/** @param modeNumber of a mode's name, for the log; default Copter's */
export function ardupilotEquipment(
  options: EquipmentOptions & {
    readonly firmware?: string;
    readonly modeNumber?: (mode: string) => number;
  } = {},
): readonly OnboardServiceFactory[] {
  const { firmware = 'ArduCopter V4.7.0-dev (simulated)', modeNumber = copterModeNumber } = options;
  return [
    ardupilotStorage({ firmware, modeNumber }),
    terrainService,
    payload('ardupilot', options),
    outputService,
    remoteIdService,
  ];
}

/** As `ardupilotEquipment`, with a plane's name and modes in its log. */
export function planeEquipment(options: EquipmentOptions = {}): readonly OnboardServiceFactory[] {
  const firmware = 'ArduPlane V4.7.0-dev (simulated)';
  return ardupilotEquipment({ ...options, firmware, modeNumber: planeModeNumber });
}

export function px4Equipment(options: EquipmentOptions = {}): readonly OnboardServiceFactory[] {
  return [px4Storage(), payload('px4', options), actuatorService, remoteIdService];
}

/** The camera is on the gimbal: its images tell where the gimbal looked. */
function payload(style: GimbalStyle, { streamUri }: EquipmentOptions): OnboardServiceFactory {
  return (host) => {
    const gimbal = gimbalService(host, style);
    const uri = streamUri?.(host.systemId) ?? `rtsp://127.0.0.1:8554/sim/${host.systemId}`;
    const camera = cameraService(host, {
      vendor: 'Airgrid',
      model: 'Simulated camera',
      gimbalDeviceId: style === 'px4' ? 154 : 1,
      streams: [{ name: 'main', uri }],
      orientation: () => gimbal.orientation(),
    });
    return combineServices('payload', [gimbal, camera]);
  };
}
