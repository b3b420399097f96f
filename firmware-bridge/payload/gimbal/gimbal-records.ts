import {
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerStatus,
} from '../../codec/messages.ts';
import type { VehicleState } from '../../model.ts';
import type { VehiclePort } from '../../service/vehicle-port.ts';
import type { MessageRequests } from '../message-requests.ts';
import type { GimbalAim, GimbalState } from '../state.ts';
import { gimbalFrom, withAttitude, withManagerStatus } from './reduce-gimbal.ts';

/** What the gimbals of a vehicle say; keeps the snapshot's `gimbals`. */
const MAX_GIMBALS = 8;

export class GimbalRecords {
  readonly #port: VehiclePort;
  readonly #gimbals = new Map<string, GimbalState>();
  readonly #stops: readonly (() => void)[];

  constructor(port: VehiclePort, requests: MessageRequests) {
    this.#port = port;
    const us = { systemId: port.ourSystemId, componentId: port.ourComponentId };
    this.#stops = [
      port.on(GimbalManagerInformation, (message, { componentId, atMs }) => {
        requests.received(componentId, GimbalManagerInformation.MSG_ID);
        const { gimbalId } = gimbalFrom(message, componentId, atMs, null);
        const before = this.get(gimbalId);
        if (before === null && this.#gimbals.size >= MAX_GIMBALS) return;
        this.#change(gimbalFrom(message, componentId, atMs, before));
      }),
      port.on(GimbalManagerStatus, (message, { componentId, atMs }) => {
        requests.received(componentId, GimbalManagerStatus.MSG_ID);
        for (const gimbal of this.#managedBy(componentId, message.gimbalDeviceId)) {
          this.#change(withManagerStatus(gimbal, message, atMs, us));
        }
      }),
      port.on(GimbalDeviceAttitudeStatus, (message, { componentId, atMs }) => {
        requests.received(componentId, GimbalDeviceAttitudeStatus.MSG_ID);
        const headingDeg = noseOf(port.state());
        for (const gimbal of this.#told(componentId, message.gimbalDeviceId)) {
          this.#change(withAttitude(gimbal, message, atMs, headingDeg));
        }
      }),
    ];
  }

  all(): readonly GimbalState[] {
    return [...this.#gimbals.values()];
  }

  get(gimbalId: string): GimbalState | null {
    return this.#gimbals.get(gimbalId) ?? null;
  }

  setAim(gimbalId: string, aim: GimbalAim | null): void {
    const gimbal = this.#gimbals.get(gimbalId);
    if (gimbal !== undefined) this.#change({ ...gimbal, aim });
  }

  /** A manager that began anew has forgotten who has control. */
  forget(managerComponentId: number): void {
    for (const [gimbalId, gimbal] of this.#gimbals) {
      if (gimbal.managerComponentId === managerComponentId) this.#gimbals.delete(gimbalId);
    }
    this.#publish();
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #managedBy(componentId: number, deviceId: number): readonly GimbalState[] {
    return this.all().filter(
      (gimbal) =>
        gimbal.managerComponentId === componentId && (deviceId === 0 || gimbal.deviceId === deviceId),
    );
  }

  /** An attitude comes from the manager with the device's number, or from the device itself, which leaves it 0. */
  #told(componentId: number, deviceId: number): readonly GimbalState[] {
    const device = deviceId === 0 ? componentId : deviceId;
    return this.all().filter(
      (gimbal) =>
        gimbal.deviceId === device &&
        (gimbal.managerComponentId === componentId || gimbal.deviceId === componentId),
    );
  }

  #change(gimbal: GimbalState): void {
    this.#gimbals.set(gimbal.gimbalId, gimbal);
    this.#publish();
  }

  #publish(): void {
    const gimbals = this.all().toSorted(
      (a, b) => a.managerComponentId - b.managerComponentId || a.deviceId - b.deviceId,
    );
    this.#port.update({ gimbals });
  }
}

/** Where the aircraft's nose points, from true north; null: not known. */
export function noseOf(state: VehicleState): number | null {
  return state.attitude?.yawDeg ?? state.position?.headingDeg ?? null;
}
