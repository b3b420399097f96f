import type { VehiclePort, VehicleService } from '../service/vehicle-port.ts';
import { ActuatorService } from './actuator/actuator-service.ts';
import { CameraService } from './camera/camera-service.ts';
import { GimbalService } from './gimbal/gimbal-service.ts';
import { MessageRequests } from './message-requests.ts';
import { STRICT_STREAM_POLICY, type StreamPolicy } from './stream-uri.ts';

/** What one vehicle carries. One queue of message requests for all: their acknowledgements cannot be told apart. */
export interface PayloadOptions {
  readonly streamPolicy?: StreamPolicy;
}

export class PayloadServices implements VehicleService {
  readonly cameras: CameraService;
  readonly gimbals: GimbalService;
  readonly actuators: ActuatorService;
  readonly #requests: MessageRequests;

  constructor(port: VehiclePort, options: PayloadOptions = {}) {
    this.#requests = new MessageRequests(port);
    const streamPolicy = options.streamPolicy ?? STRICT_STREAM_POLICY;
    this.cameras = new CameraService(port, this.#requests, { streamPolicy });
    this.gimbals = new GimbalService(port, this.#requests);
    this.actuators = new ActuatorService(port, this.#requests);
  }

  tick(nowMs: number): void {
    this.cameras.tick(nowMs);
    this.gimbals.tick(nowMs);
    this.actuators.tick(nowMs);
  }

  onReboot(): void {
    this.#requests.cancelAll('the vehicle restarted');
    this.cameras.onReboot();
    this.gimbals.onReboot();
    this.actuators.onReboot();
  }

  onLost(): void {
    this.#requests.cancelAll('the vehicle is lost');
  }

  close(by: string): void {
    this.cameras.close();
    this.gimbals.close();
    this.actuators.close(by);
    this.#requests.close(by);
  }
}
