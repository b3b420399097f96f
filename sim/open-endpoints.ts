import { join } from 'node:path';
import { SimError } from './errors.ts';
import type { SimFleetOptions } from './fleet-model.ts';
import type { Member } from './member.ts';
import { PtyVehicle } from './network/pty-vehicle.ts';
import { TcpClientVehicle } from './network/tcp-client-vehicle.ts';
import { TcpVehicle } from './network/tcp-vehicle.ts';
import { type UdpAddress, UdpVehicle } from './network/udp-vehicle.ts';

/**
 * Opens every way into one aircraft that the options ask for and puts it into `member.endpoints`. What was opened
 * before something failed stays there for the caller to close.
 * @param ptyName name of its pseudo-terminal in the folder
 * @throws SimError `sim.port-busy`, `sim.socat-missing`, `sim.pty-failed`
 */
export async function openEndpoints(
  { vehicle, network, endpoints, index }: Member,
  target: UdpAddress | null,
  options: SimFleetOptions,
  nowMs: () => number,
  ptyName: string,
): Promise<void> {
  const onProblem = (problem: Error) => options.onProblem?.(vehicle.systemId, problem);
  const common = { vehicle, network, nowMs, onProblem };
  if (target !== null) endpoints.push(await UdpVehicle.open({ ...common, target }));
  if (options.tcpPortBase !== undefined) {
    const port = options.tcpPortBase + index * 10;
    try {
      endpoints.push(await TcpVehicle.open({ ...common, host: '127.0.0.1', port }));
    } catch (cause) {
      const message = `TCP port ${port} cannot be listened on; choose another base`;
      throw new SimError('sim.port-busy', message, { port }, cause);
    }
  }
  if (options.tcpClient !== undefined)
    endpoints.push(new TcpClientVehicle({ ...common, ...options.tcpClient }));
  if (options.pty !== undefined) {
    const { folder, baudRate } = options.pty;
    endpoints.push(await PtyVehicle.open({ ...common, path: join(folder, ptyName), baudRate }));
  }
}
