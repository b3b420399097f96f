import type { ActuatorService } from '../payload/actuator/actuator-service.ts';
import type { CameraService } from '../payload/camera/camera-service.ts';
import type { GimbalService } from '../payload/gimbal/gimbal-service.ts';
import { type PayloadOptions, PayloadServices } from '../payload/payload-services.ts';
import type { EventDictionary } from '../protocol/px4-events-text.ts';
import { AutopilotEventService } from './autopilot-events.ts';
import { FileService } from './files.ts';
import { FtpClient } from './files-client.ts';
import { GuidedService } from './guided.ts';
import { LogService } from './logs.ts';
import { ParameterKeeper } from './parameter-keeper.ts';
import { ParameterService } from './parameters.ts';
import { PlanService } from './plans.ts';
import { type KeySetupRoute, SigningService } from './signing.ts';
import { TerrainService } from './terrain.ts';
import type { ElevationSource } from './terrain-elevation.ts';
import { TilesAhead } from './tiles-ahead.ts';
import { TimeSyncService } from './time-sync.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/** Everything that can be asked of one vehicle beside its commands, each by a service of its own. */
export interface ServiceOptions {
  readonly payload?: PayloadOptions;
  /** Null: no terrain is served. */
  readonly elevation: ElevationSource | null;
  /** Null: PX4's events are told by number. */
  readonly events: EventDictionary | null;
}

export interface VehicleServices {
  readonly plans: PlanService;
  readonly cameras: CameraService;
  readonly gimbals: GimbalService;
  readonly actuators: ActuatorService;
  readonly signing: SigningService;
  readonly parameters: ParameterService;
  readonly files: FileService;
  readonly logs: LogService;
  readonly guided: GuidedService;
  tick(nowMs: number): void;
  onReboot(): void;
  onLost(): void;
  /** A safety action goes first: what would fly or load the vehicle otherwise ends. */
  yieldTo(by: string): void;
  close(by: string): void;
}

/** @param routes the ways to this vehicle that are alive, for what must not go over just any link */
export function createServices(
  port: VehiclePort,
  options: ServiceOptions,
  routes: () => readonly KeySetupRoute[],
): VehicleServices {
  const plans = new PlanService(port);
  const payload = new PayloadServices(port, options.payload);
  const signing = new SigningService(port, routes);
  // One file channel: files, parameters and logs take turns.
  const ftp = new FtpClient(port);
  const parameters = new ParameterService(port, ftp);
  const files = new FileService(port, ftp);
  const logs = new LogService(port, ftp);
  const { elevation } = options;
  const guided = new GuidedService(port, {
    heightAmslM: (lonDeg, latDeg) => elevation?.heightAmslM(lonDeg, latDeg) ?? null,
  });
  const all: readonly VehicleService[] = [
    ...[plans, payload, signing, parameters, files, logs, guided],
    ...[new TimeSyncService(port), new AutopilotEventService(port, options.events)],
    new ParameterKeeper(port, parameters, () => plans.busyWith !== null || files.busyWith !== null),
    ...(elevation === null ? [] : [new TerrainService(port, elevation), new TilesAhead(port, elevation)]),
  ];
  return {
    plans,
    cameras: payload.cameras,
    gimbals: payload.gimbals,
    actuators: payload.actuators,
    signing,
    parameters,
    files,
    logs,
    guided,
    tick(nowMs) {
      for (const service of all) service.tick?.(nowMs);
    },
    onReboot() {
      for (const service of all) service.onReboot?.();
    },
    onLost() {
      for (const service of all) service.onLost?.();
    },
    yieldTo(by) {
      // What takes the link, too: a log that comes down a slow radio must not stand in front of a return.
      for (const service of [guided, plans, files, logs]) service.cancel(by);
    },
    close(by) {
      for (const service of all) service.close(by);
    },
  };
}
