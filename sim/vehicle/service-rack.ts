import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { VehicleFault } from '../faults/model.ts';
import type { Command } from './command.ts';
import type { OnboardHost, OnboardService, OnboardServiceFactory } from './onboard-service.ts';
import type { Peer } from './outbox.ts';

/** The on-board services of one aircraft, asked in order. */
export class ServiceRack {
  readonly #services: readonly OnboardService[];

  constructor(factories: readonly OnboardServiceFactory[], host: OnboardHost) {
    this.#services = factories.map((create) => create(host));
  }

  /** Capability bits that the services add. */
  get capabilities(): bigint {
    return this.#services.reduce((bits, service) => bits | (service.capabilities ?? 0n), 0n);
  }

  /** True when a component of a service (not the autopilot) has this id. */
  owns(componentId: number): boolean {
    return this.#services.some((service) => service.componentIds?.includes(componentId) === true);
  }

  handle(message: MavLinkData, from: Peer, targetComponent: number, wallMs: number): boolean {
    return this.#services.some(
      (service) => service.handle?.(message, from, targetComponent, wallMs) === true,
    );
  }

  /** MAV_RESULT of the first service that takes it; null when none does. */
  command(command: Command, targetComponent: number, from: Peer): number | null {
    for (const service of this.#services) {
      const result = service.command?.(command, targetComponent, from) ?? null;
      if (result !== null) return result;
    }
    return null;
  }

  missionItem(seq: number, item: MissionItem): boolean {
    return this.#services.some((service) => service.missionItem?.(seq, item) === true);
  }

  telemetry(messageId: number): MavLinkData | null {
    for (const service of this.#services) {
      const message = service.telemetry?.(messageId) ?? null;
      if (message !== null) return message;
    }
    return null;
  }

  /** Of the service that keeps terrain; null: none is aboard. */
  get terrain(): ((lonDeg: number, latDeg: number) => number | null) | null {
    const keeper = this.#services.find((service) => service.terrainHeightM !== undefined);
    return keeper === undefined ? null : (lonDeg, latDeg) => keeper.terrainHeightM?.(lonDeg, latDeg) ?? null;
  }

  armingObjections(): readonly string[] {
    return this.#services.flatMap((service) => [...(service.armingObjections?.() ?? [])]);
  }

  armed(isArmed: boolean): void {
    for (const service of this.#services) service.armed?.(isArmed);
  }

  step(dtS: number): void {
    for (const service of this.#services) service.step?.(dtS);
  }

  tick(wallMs: number): void {
    for (const service of this.#services) service.tick?.(wallMs);
  }

  rebooted(): void {
    for (const service of this.#services) service.rebooted?.();
  }

  /** A fault may concern several of them. @returns whether any knows it */
  fault(fault: VehicleFault, isActive: boolean): boolean {
    return this.#services.filter((service) => service.fault?.(fault, isActive) === true).length > 0;
  }
}
