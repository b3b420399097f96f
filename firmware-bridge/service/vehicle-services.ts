import { MissionPlans } from './mission-plans.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/** Everything that can be asked of one vehicle beside its commands, each by a service of its own. */
export interface ServiceOptions {
  readonly nothing?: never;
}

export interface VehicleServices {
  readonly plans: MissionPlans;
  tick(nowMs: number): void;
  onReboot(): void;
  onLost(): void;
  /** A safety action goes first: what would fly or load the vehicle otherwise ends. */
  yieldTo(by: string): void;
  close(by: string): void;
}

export function createServices(port: VehiclePort, _options: ServiceOptions): VehicleServices {
  const plans = new MissionPlans(port);
  const all: readonly VehicleService[] = [plans];
  return {
    plans,
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
      plans.cancel(by);
    },
    close(by) {
      for (const service of all) service.close(by);
    },
  };
}
