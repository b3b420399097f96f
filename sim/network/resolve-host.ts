import { lookup } from 'node:dns/promises';
import { SimError } from '../errors.ts';
import type { UdpAddress } from './udp-vehicle.ts';

/** Its IPv4 address. @throws SimError `sim.host-unknown` */
export async function resolveHost(target: {
  readonly host: string;
  readonly port: number;
}): Promise<UdpAddress> {
  try {
    const { address } = await lookup(target.host, { family: 4 });
    return { address, port: target.port };
  } catch (cause) {
    const message = `the host "${target.host}" has no IPv4 address that this machine can find`;
    throw new SimError('sim.host-unknown', message, { host: target.host }, cause);
  }
}
