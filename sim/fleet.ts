import { lookup } from 'node:dns/promises';
import { SimError } from './errors.ts';
import type { SimFleet, SimFleetOptions } from './fleet-model.ts';
import { RunningFleet } from './fleet-running.ts';
import type { UdpAddress } from './network/udp-vehicle.ts';

export type { FleetSettings, SimAircraftSpec, SimFaults, SimFleet, SimFleetOptions } from './fleet-model.ts';

/**
 * Starts simulated aircraft with real sockets. Resolves when all of them are open and the clock runs.
 * @throws SimError `sim.host-unknown`, `sim.port-busy`, `sim.bad-option`, `sim.socat-missing`, `sim.pty-failed`.
 */
export async function startSimFleet(options: SimFleetOptions): Promise<SimFleet> {
  const speed = options.speed ?? 1;
  if (!(speed > 0 && speed <= 100)) {
    throw new SimError('sim.bad-option', `speed is ${speed}; allowed is more than 0 up to 100`, { speed });
  }
  const target = options.target === null ? null : await resolveTarget(options.target);
  const fleet = new RunningFleet(options, target);
  try {
    await fleet.open();
  } catch (problem) {
    await fleet.close();
    throw problem;
  }
  return fleet;
}

async function resolveTarget(target: { readonly host: string; readonly port: number }): Promise<UdpAddress> {
  try {
    const { address } = await lookup(target.host, { family: 4 });
    return { address, port: target.port };
  } catch (cause) {
    const message = `the host "${target.host}" has no IPv4 address that this machine can find`;
    throw new SimError('sim.host-unknown', message, { host: target.host }, cause);
  }
}
