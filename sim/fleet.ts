import { SimError } from './errors.ts';
import type { SimFleet, SimFleetOptions } from './fleet-model.ts';
import { RunningFleet } from './fleet-running.ts';
import { resolveHost } from './network/resolve-host.ts';

export type { FleetSettings, SimAircraftSpec, SimFaults, SimFleet, SimFleetOptions } from './fleet-model.ts';
export type { SimAircraft } from './sim-aircraft.ts';

/**
 * Starts simulated aircraft with real sockets. Resolves when all of them are open and the clock runs.
 * @throws SimError `sim.host-unknown`, `sim.port-busy`, `sim.bad-option`, `sim.socat-missing`, `sim.pty-failed`.
 */
export async function startSimFleet(options: SimFleetOptions): Promise<SimFleet> {
  const speed = options.speed ?? 1;
  if (!(speed > 0 && speed <= 100)) {
    throw new SimError('sim.bad-option', `speed is ${speed}; allowed is more than 0 up to 100`, { speed });
  }
  const target = options.target === null ? null : await resolveHost(options.target);
  const fleet = new RunningFleet(options, target);
  try {
    await fleet.open();
  } catch (problem) {
    await fleet.close();
    throw problem;
  }
  return fleet;
}
